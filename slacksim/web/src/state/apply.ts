import type { Message, ServerEvent } from "../api/types";
import { addMessage, changeMessage, deleteMessage, isReply } from "./conversations";
import { placeView, removeView } from "./modals";
import { withEntry, type Store } from "./store";

/** Brings one server event into the store. */
export function applyEvent(store: Store, event: ServerEvent): void {
  switch (event.type) {
    case "message":
      return receive(store, event.message);
    case "message_changed":
      store.conversations.value = changeMessage(store.conversations.value, event.message);
      return;
    case "message_deleted":
      store.conversations.value = deleteMessage(store.conversations.value, event.channel, event.ts);
      return;
    case "channel":
      return store.patchChannel(event.channel.id, event.channel);
    case "user":
      return replaceUser(store, event);
    case "view":
      return showView(store, event);
    case "view_gone":
      store.modals.value = withEntry(store.modals.value, store.me.id, removeView(store.stackOf(store.me.id), event.view_id));
      store.drafts.value = withEntry(store.drafts.value, event.view_id, undefined);
      return;
    case "home":
      store.homes.value = withEntry(store.homes.value, store.me.id, event.view);
      return;
    case "typing_status":
      store.status.value = withEntry(store.status.value, event.channel, event.text || undefined);
      return;
    case "connections":
      return store.patchState({ connections: event.n });
    case "faults":
      return store.patchState({ faults: event.faults });
    case "panel":
      return store.patchState({ panel: event.groups });
  }
}

function receive(store: Store, message: Message): void {
  store.conversations.value = addMessage(store.conversations.value, message);
  if (message.user === store.state.app.bot_user) {
    store.status.value = withEntry(store.status.value, message.channel, undefined);
  }
  countUnread(store, message);
}

/** Keeps the badges right between two `channel` events; those carry the server's own counts. */
function countUnread(store: Store, message: Message): void {
  const channel = store.channel(message.channel);
  if (!channel || message.user === store.me.id || message.ephemeral || isWatching(store, message)) return;
  const mentioned = channel.is_im || mentions(message, store.me.id);
  if (isReply(message) && !mentioned) return;
  store.patchChannel(channel.id, {
    unread: (channel.unread ?? 0) + 1,
    mentions: (channel.mentions ?? 0) + (mentioned ? 1 : 0),
  });
}

function isWatching(store: Store, message: Message): boolean {
  const { page, channel } = store.place.value;
  return page === "channel" && channel === message.channel && document.visibilityState === "visible";
}

function mentions(message: Message, user: string): boolean {
  const mention = new RegExp(`<@${user}[|>]|<!(?:channel|here|everyone)[|>]`);
  return mention.test(message.text) || mention.test(JSON.stringify(message.blocks ?? ""));
}

function replaceUser(store: Store, { user }: Extract<ServerEvent, { type: "user" }>): void {
  const known = store.state.users.some((u) => u.id === user.id);
  const users = known ? store.state.users.map((u) => (u.id === user.id ? user : u)) : [...store.state.users, user];
  store.patchState({ users, me: user.id === store.me.id ? user : store.me });
}

function showView(store: Store, { view }: Extract<ServerEvent, { type: "view" }>): void {
  if (view.type === "home") {
    store.homes.value = withEntry(store.homes.value, store.me.id, view);
    return;
  }
  store.modals.value = withEntry(store.modals.value, store.me.id, placeView(store.stackOf(store.me.id), view));
}
