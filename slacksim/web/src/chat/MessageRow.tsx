import type { Message } from "../api/types";
import { useStore } from "../state/context";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { EphemeralNote } from "./EphemeralNote";
import { Files } from "./Files";
import { MessageBody } from "./MessageBody";
import { MessageTime } from "./MessageTime";
import { MessageToolbar } from "./MessageToolbar";
import { Reactions } from "./Reactions";
import { ReplySummary } from "./ReplySummary";

interface Props {
  message: Message;
  continues: boolean;
  active: boolean;
  focusable: boolean;
  inThread: boolean;
  onActivate(ts: string | undefined): void;
}

export function MessageRow({ message, continues, active, focusable, inThread, onActivate }: Props) {
  const store = useStore();
  const author = store.user(message.user);
  const name = message.bot_name || author?.real_name || author?.name || message.user || "Slackbot";
  const classes = ["message", continues && "message-continues", message.ephemeral && "message-ephemeral", message.pinned && "message-pinned"];
  const activate = () => onActivate(message.ts);
  return (
    <article
      class={classes.filter(Boolean).join(" ")}
      tabIndex={focusable ? 0 : -1}
      data-ts={message.ts}
      aria-label={`${name}: ${message.text}`}
      onMouseEnter={activate}
      onFocusCapture={activate}
      onClick={activate}
    >
      {message.pinned && (
        <div class="pin-note">
          <Icon name="pin" size={13} /> Pinned
        </div>
      )}
      <div class="message-gutter">
        {continues ? <MessageTime ts={message.ts} short /> : <Avatar user={author} name={name} />}
      </div>
      <div class="message-main">
        {!continues && (
          <div class="message-head">
            <span class="message-name">{name}</span>
            {author?.is_bot && <span class="bot-badge">APP</span>}
            <MessageTime ts={message.ts} />
          </div>
        )}
        {message.subtype === "thread_broadcast" && !inThread && <div class="message-context">replied to a thread</div>}
        <MessageBody message={message} />
        <Files files={message.files ?? []} />
        {message.ephemeral && <EphemeralNote ts={message.ts} />}
        <Reactions message={message} />
        {!inThread && <ReplySummary message={message} />}
      </div>
      {active && !message.ephemeral && <MessageToolbar message={message} inThread={inThread} />}
    </article>
  );
}
