import { useSession } from "../state/context";
import { ChannelHead } from "./ChannelHead";
import { Composer } from "./Composer";
import { MessageList } from "./MessageList";
import { StatusLine } from "./StatusLine";
import { channelTitle } from "./channelTitle";

export function ChannelPane() {
  const session = useSession();
  const { store } = session;
  const channel = store.channel(store.place.value.channel);
  if (!channel) return <section class="pane empty">No channel is visible to {store.me.real_name}.</section>;
  const conversation = store.conversations.value.get(channel.id);
  const title = channelTitle(store, channel);
  return (
    <section class="pane" aria-label={title}>
      <ChannelHead channel={channel} />
      <MessageList
        label={`Messages in ${title}`}
        messages={conversation?.messages}
        intro={!conversation?.hasMore ? `This is the very beginning of ${title}.` : undefined}
        onOlder={() => void session.loadOlder(channel.id)}
        newLine={store.newLine.value}
      />
      <StatusLine channel={channel.id} />
      {channel.archived ? (
        <p class="composer-closed">This channel is archived.</p>
      ) : (
        <Composer channel={channel.id} placeholder={`Message ${title}`} />
      )}
    </section>
  );
}
