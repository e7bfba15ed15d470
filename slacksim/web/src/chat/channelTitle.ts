import type { Channel } from "../api/types";
import type { Store } from "../state/store";

export function channelTitle(store: Store, channel: Channel): string {
  if (!channel.is_im) return `#${channel.name}`;
  const other = store.user(channel.user);
  return other?.real_name || other?.name || channel.name;
}
