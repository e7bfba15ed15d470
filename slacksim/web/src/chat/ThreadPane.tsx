import type { Message } from "../api/types";
import { useSession } from "../state/context";
import { threadKey } from "../state/conversations";
import type { Store } from "../state/store";
import { Icon } from "../ui/Icon";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { channelTitle } from "./channelTitle";

export function ThreadPane({ channel: id, thread }: { channel: string; thread: string }) {
  const session = useSession();
  const { store } = session;
  const channel = store.channel(id);
  if (!channel) return null;
  return (
    <aside class="thread" aria-label="Thread">
      <header class="pane-head">
        <button
          type="button"
          class="icon-button narrow-only"
          aria-label="Back to the channel"
          onClick={() => void session.go({ page: "channel", channel: id })}
        >
          <Icon name="back" />
        </button>
        <h2 class="pane-title">Thread</h2>
        <div class="pane-topic">{channelTitle(store, channel)}</div>
        <button
          type="button"
          class="icon-button wide-only"
          aria-label="Close thread"
          onClick={() => void session.go({ page: "channel", channel: id })}
        >
          <Icon name="close" />
        </button>
      </header>
      <MessageList label="Thread" messages={threadMessages(store, id, thread)} inThread />
      {!channel.archived && <Composer channel={id} thread={thread} placeholder="Reply…" />}
    </aside>
  );
}

/** The thread's messages, its root first even where the answer has the replies only. */
function threadMessages(store: Store, channel: string, thread: string): Message[] | undefined {
  const replies = store.conversations.value.get(threadKey(channel, thread))?.messages;
  if (!replies || replies.some((m) => m.ts === thread)) return replies;
  const root = store.conversations.value.get(channel)?.messages.find((m) => m.ts === thread);
  return root ? [root, ...replies] : replies;
}
