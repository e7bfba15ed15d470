import type { Message } from "../api/types";
import { ago } from "../mrkdwn/date";
import { useSession } from "../state/context";
import { Avatar } from "../ui/Avatar";
import { useNow } from "../ui/useNow";
import { dateOf } from "./rows";

const mostAvatars = 5;

export function ReplySummary({ message }: { message: Message }) {
  const session = useSession();
  const { store } = session;
  const now = useNow();
  const count = message.reply_count ?? 0;
  if (count === 0) return null;
  const open = () => void session.go({ page: "channel", channel: message.channel, thread: message.ts });
  return (
    <button type="button" class="replies" onClick={open}>
      <span class="replies-avatars">
        {(message.reply_users ?? []).slice(0, mostAvatars).map((id) => (
          <Avatar key={id} user={store.user(id)} size={22} />
        ))}
      </span>
      <span class="replies-count">{count === 1 ? "1 reply" : `${count} replies`}</span>
      {message.latest_reply && (
        <span class="replies-last">Last reply {ago(dateOf(message.latest_reply), now, "en")}</span>
      )}
    </button>
  );
}
