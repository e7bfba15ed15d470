import type { WorkspaceState } from "../api/types";
import type { Conversations } from "./conversations";
import type { Place } from "./store";

/** The place itself if this user can see it, else the first channel. */
export function visiblePlace(state: WorkspaceState, place: Place): Place {
  if (place.page === "home" && state.app.home_enabled) return { page: "home" };
  const channel = state.channels.find((c) => c.id === place.channel || (place.channel && c.name === place.channel));
  if (channel) return { page: "channel", channel: channel.id, thread: place.thread };
  const first = state.channels.find((c) => !c.is_im && !c.archived) ?? state.channels[0];
  return { page: "channel", channel: first?.id };
}

/** The newest message known of a channel, threads included: what "read up to here" means. */
export function latestTs(conversations: Conversations, channel: string): string | undefined {
  let latest: string | undefined;
  for (const [key, { messages }] of conversations) {
    if (key !== channel && !key.startsWith(`${channel}/`)) continue;
    const last = messages.at(-1)?.ts;
    if (last && (!latest || last > latest)) latest = last;
  }
  return latest;
}
