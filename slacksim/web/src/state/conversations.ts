import type { Message } from "../api/types";

export interface Conversation {
  messages: Message[];
  hasMore: boolean;
}

/** Loaded message lists: a channel's roots under its id, a thread's messages under `threadKey`. */
export type Conversations = ReadonlyMap<string, Conversation>;

export const emptyConversations: Conversations = new Map();

export function threadKey(channel: string, threadTs: string): string {
  return `${channel}/${threadTs}`;
}

export function isReply(m: Message): boolean {
  return m.thread_ts !== undefined && m.thread_ts !== "" && m.thread_ts !== m.ts;
}

/** Inserts or replaces by `ts`; timestamps compare as strings (SF-6.18). */
export function upsert(list: Message[], message: Message): Message[] {
  const at = list.findIndex((m) => m.ts >= message.ts);
  if (at < 0) return [...list, message];
  const same = list[at]?.ts === message.ts;
  return [...list.slice(0, at), message, ...list.slice(at + (same ? 1 : 0))];
}

function edit(all: Conversations, key: string, change: (messages: Message[]) => Message[]): Conversations {
  const conversation = all.get(key);
  if (!conversation) return all;
  return new Map(all).set(key, { ...conversation, messages: change(conversation.messages) });
}

/** The root's reply summary after a reply, unless the server's own update has already counted it. */
function countReply(root: Message, reply: Message): Message {
  if (reply.ephemeral || (root.latest_reply ?? "") >= reply.ts) return root;
  const users = root.reply_users ?? [];
  return {
    ...root,
    reply_count: (root.reply_count ?? 0) + 1,
    reply_users: users.includes(reply.user) ? users : [...users, reply.user],
    latest_reply: reply.ts,
  };
}

export function addMessage(all: Conversations, message: Message): Conversations {
  const { channel } = message;
  if (!isReply(message)) {
    return edit(all, channel, (list) => upsert(list, message));
  }
  const key = threadKey(channel, message.thread_ts!);
  const count = (list: Message[]) => list.map((m) => (m.ts === message.thread_ts ? countReply(m, message) : m));
  let next = edit(all, channel, count);
  next = edit(next, key, (list) => upsert(count(list), message));
  return message.subtype === "thread_broadcast" ? edit(next, channel, (list) => upsert(list, message)) : next;
}

export function changeMessage(all: Conversations, message: Message): Conversations {
  const replace = (list: Message[]) => list.map((m) => (m.ts === message.ts ? message : m));
  const next = edit(all, message.channel, replace);
  return edit(next, threadKey(message.channel, message.thread_ts || message.ts), replace);
}

export function deleteMessage(all: Conversations, channel: string, ts: string): Conversations {
  const next = new Map(all);
  for (const [key, conversation] of all) {
    if (key !== channel && !key.startsWith(`${channel}/`)) continue;
    next.set(key, { ...conversation, messages: conversation.messages.filter((m) => m.ts !== ts) });
  }
  return next;
}
