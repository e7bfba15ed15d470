import { api } from "../api/client";
import type { Channel } from "../api/types";
import { withEntry, type Store } from "./store";

/** How much is addressed to the person whose channels these are: mentions, and every direct message. */
export function attentionOf(channels: Channel[]): number {
  const waiting = (c: Channel) => (c.is_im ? Math.max(c.unread ?? 0, c.mentions ?? 0) : (c.mentions ?? 0));
  return channels.reduce((sum, c) => sum + waiting(c), 0);
}

/** Asks for the others' badges; one stream each would use up the browser's six connections per host. */
export async function pollAttention(store: Store): Promise<void> {
  if (!store.workspace.value || document.visibilityState !== "visible") return;
  for (const person of store.people()) {
    if (person.id === store.me.id) continue;
    const state = await api.state(person.id).catch(() => undefined);
    const waiting = state && attentionOf(state.channels);
    if (waiting === undefined || waiting === store.attention.value.get(person.id)) continue;
    store.attention.value = withEntry(store.attention.value, person.id, waiting);
  }
}
