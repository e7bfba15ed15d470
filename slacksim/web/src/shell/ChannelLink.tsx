import type { Channel } from "../api/types";
import { useSession } from "../state/context";
import { Icon } from "../ui/Icon";

export function ChannelLink({ channel }: { channel: Channel }) {
  const session = useSession();
  const { page, channel: open } = session.store.place.value;
  const active = page === "channel" && open === channel.id;
  const unread = (channel.unread ?? 0) > 0;
  const classes = ["side-link", active && "side-active", unread && "side-unread"];
  return (
    <li>
      <button
        type="button"
        class={classes.filter(Boolean).join(" ")}
        aria-current={active ? "page" : undefined}
        onClick={() => void session.go({ page: "channel", channel: channel.id })}
      >
        <Icon name={channel.is_private ? "lock" : "hash"} size={16} />
        <span class="side-name">{channel.name}</span>
        {unread && <span class="visually-hidden">, {channel.unread} unread</span>}
        {(channel.mentions ?? 0) > 0 && <span class="badge">{channel.mentions}</span>}
      </button>
    </li>
  );
}
