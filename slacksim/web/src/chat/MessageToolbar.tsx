import { useRef, useState } from "preact/hooks";
import { api } from "../api/client";
import type { Message } from "../api/types";
import { Emoji } from "../mrkdwn/Emoji";
import { useSession } from "../state/context";
import { Icon } from "../ui/Icon";
import { Menu, MenuItem } from "../ui/Menu";
import { ReactionPicker } from "./ReactionPicker";

const quick = ["white_check_mark", "eyes", "raised_hands"];

/** What can be done with a message, shown while it is pointed at or focused. */
export function MessageToolbar({ message, inThread }: { message: Message; inThread: boolean }) {
  const session = useSession();
  const react = (name: string) =>
    void session.attempt(() =>
      api.react({ user: session.store.me.id, channel: message.channel, ts: message.ts, name, remove: false }),
    );
  const reply = () => void session.go({ page: "channel", channel: message.channel, thread: message.thread_ts || message.ts });
  return (
    <div class="toolbar" role="toolbar" aria-label="Message actions">
      {quick.map((name) => (
        <button key={name} type="button" class="icon-button" aria-label={`React with ${name}`} title={`:${name}:`} onClick={() => react(name)}>
          <Emoji name={name} />
        </button>
      ))}
      <ReactionPicker message={message} class="icon-button" />
      {!inThread && (
        <button type="button" class="icon-button" aria-label="Reply in thread" title="Reply in thread" onClick={reply}>
          <Icon name="thread" size={17} />
        </button>
      )}
      <MoreMenu message={message} />
    </div>
  );
}

function MoreMenu({ message }: { message: Message }) {
  const session = useSession();
  const { store } = session;
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const shortcuts = (store.state.app.shortcuts ?? []).filter((s) => s.type === "message");
  const run = (callback_id: string) => {
    setOpen(false);
    const body = { user: store.me.id, callback_id, channel: message.channel, ts: message.ts };
    void session.attempt(() => api.shortcut(body));
  };
  const copy = () => {
    setOpen(false);
    void navigator.clipboard?.writeText(message.text);
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="icon-button"
        aria-label="More actions"
        title="More actions"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" size={17} />
      </button>
      {open && (
        <Menu anchor={anchor} onClose={() => setOpen(false)} label="More actions" align="end">
          {shortcuts.map((s) => (
            <MenuItem key={s.callback_id} onPick={() => run(s.callback_id)} note={store.state.app.name}>
              {s.name}
            </MenuItem>
          ))}
          <MenuItem onPick={copy}>Copy text</MenuItem>
        </Menu>
      )}
    </>
  );
}
