import type { Channel } from "../api/types";
import { MenuButton } from "../shell/MenuButton";
import { useStore } from "../state/context";
import { Inlines } from "../mrkdwn/Inlines";
import { parseInline } from "../mrkdwn/inline";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { channelTitle } from "./channelTitle";

export function ChannelHead({ channel }: { channel: Channel }) {
  const store = useStore();
  const members = channel.members ?? [];
  return (
    <header class="pane-head">
      <MenuButton />
      {channel.is_im ? (
        <Avatar user={store.user(channel.user)} size={24} />
      ) : (
        <Icon name={channel.is_private ? "lock" : "hash"} size={18} />
      )}
      <h1 class="pane-title">{channelTitle(store, channel).replace(/^#/, "")}</h1>
      <div class="pane-topic" title={channel.topic}>
        {channel.topic ? <Inlines nodes={parseInline(channel.topic)} /> : channel.is_im && store.user(channel.user)?.title}
      </div>
      {!channel.is_im && (
        <span class="pane-members" title={members.map((id) => store.user(id)?.real_name ?? id).join(", ")}>
          <Icon name="people" size={16} /> {members.length}
          <span class="visually-hidden"> members</span>
        </span>
      )}
    </header>
  );
}
