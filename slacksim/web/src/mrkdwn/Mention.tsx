import { useSession } from "../state/context";

interface MentionProps {
  id: string;
  label?: string;
}

/** A person; their direct messages are one click away. */
export function UserMention({ id, label }: MentionProps) {
  const session = useSession();
  const { store } = session;
  const user = store.user(id);
  const name = user?.real_name || user?.name || label || id;
  const mine = id === store.me.id;
  return (
    <button
      type="button"
      class={mine ? "mention mention-me" : "mention"}
      title={user?.title}
      disabled={!user || mine}
      onClick={() => void session.openDirect(id)}
    >
      @{name}
    </button>
  );
}

export function ChannelMention({ id, label }: MentionProps) {
  const session = useSession();
  const channel = session.store.channel(id);
  if (!channel) return <span class="mention mention-plain">#{label ?? "private-channel"}</span>;
  return (
    <button type="button" class="mention" onClick={() => void session.go({ page: "channel", channel: id })}>
      #{channel.name}
    </button>
  );
}

export function GroupMention({ id, label }: MentionProps) {
  return <span class="mention mention-plain">@{(label ?? id).replace(/^@/, "")}</span>;
}

export function BroadcastMention({ range }: { range: string }) {
  return <span class="mention mention-me">@{range}</span>;
}
