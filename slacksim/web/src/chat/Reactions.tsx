import { api } from "../api/client";
import type { Message } from "../api/types";
import { Emoji } from "../mrkdwn/Emoji";
import { useSession } from "../state/context";
import { ReactionPicker } from "./ReactionPicker";

export function Reactions({ message }: { message: Message }) {
  const session = useSession();
  const { store } = session;
  const reactions = message.reactions ?? [];
  if (reactions.length === 0) return null;
  const toggle = (name: string, remove: boolean) =>
    void session.attempt(() =>
      api.react({ user: store.me.id, channel: message.channel, ts: message.ts, name, remove }),
    );
  return (
    <div class="reactions">
      {reactions.map(({ name, users }) => {
        const mine = users.includes(store.me.id);
        const who = users.map((id) => store.user(id)?.real_name ?? id).join(", ");
        return (
          <button
            key={name}
            type="button"
            class={mine ? "reaction reaction-mine" : "reaction"}
            aria-pressed={mine}
            aria-label={`${name}, ${users.length}: ${who}`}
            title={`${who} reacted with :${name}:`}
            onClick={() => toggle(name, mine)}
          >
            <Emoji name={name} /> {users.length}
          </button>
        );
      })}
      <ReactionPicker message={message} class="reaction reaction-add" />
    </div>
  );
}
