import type { Store } from "../state/store";
import { emojiChar, findEmoji } from "../mrkdwn/emoji";

export type CompletionKind = "command" | "user" | "channel" | "emoji";

/** The word at the caret that can be completed. */
export interface Trigger {
  kind: CompletionKind;
  from: number;
  to: number;
  query: string;
}

export interface Suggestion {
  key: string;
  insert: string;
  title: string;
  note?: string;
  hint?: string;
  userId?: string;
  sign?: string;
}

const most = 8;
const kinds: Record<string, CompletionKind> = { "@": "user", "#": "channel", ":": "emoji" };

export function findTrigger(text: string, caret: number): Trigger | undefined {
  const head = text.slice(0, caret);
  if (/^\/\S*$/.test(head)) return { kind: "command", from: 0, to: caret, query: head.slice(1) };
  const match = /(?:^|[\s(（，。])([@#:])([\p{L}\p{N}._+-]*)$/u.exec(head);
  if (!match) return undefined;
  const [, sign = "", query = ""] = match;
  if (sign === ":" && query.length < 2) return undefined;
  return { kind: kinds[sign]!, from: caret - query.length - 1, to: caret, query };
}

export function suggest(store: Store, trigger: Trigger, inThread: boolean): Suggestion[] {
  const query = trigger.query.toLowerCase();
  switch (trigger.kind) {
    case "command":
      return inThread ? [] : suggestCommands(store, query);
    case "user":
      return suggestUsers(store, query);
    case "channel":
      return store.state.channels
        .filter((c) => !c.is_im && c.name.includes(query))
        .slice(0, most)
        .map((c) => ({ key: c.id, insert: `#${c.name} `, title: `#${c.name}`, note: c.topic }));
    case "emoji":
      return findEmoji(query, most).map((name) => ({
        key: name,
        insert: `${emojiChar(name)} `,
        title: `:${name}:`,
        sign: emojiChar(name),
      }));
  }
}

function suggestCommands(store: Store, query: string): Suggestion[] {
  const commands = store.state.commands ?? [];
  const starts = commands.filter((c) => c.command.slice(1).startsWith(query));
  const contains = commands.filter((c) => !starts.includes(c) && c.command.includes(query));
  return [...starts, ...contains].map((c) => ({
    key: c.command,
    insert: `${c.command} `,
    title: c.command,
    note: c.description,
    hint: c.usage_hint,
  }));
}

function suggestUsers(store: Store, query: string): Suggestion[] {
  return store.state.users
    .filter((u) => !u.deactivated && `${u.name} ${u.real_name} ${u.title}`.toLowerCase().includes(query))
    .slice(0, most)
    .map((u) => ({ key: u.id, insert: `@${u.name} `, title: u.real_name || u.name, note: `@${u.name} · ${u.title}`.replace(/ · $/, ""), userId: u.id }));
}
