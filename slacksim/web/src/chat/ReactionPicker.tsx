import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api/client";
import type { Message } from "../api/types";
import { emojiChar, findEmoji } from "../mrkdwn/emoji";
import { useSession } from "../state/context";
import { Icon } from "../ui/Icon";
import { Popover } from "../ui/Popover";

const usual = [
  "white_check_mark", "eyes", "raised_hands", "+1", "-1", "tada", "fire", "rotating_light",
  "thinking_face", "pray", "heart", "rocket", "bug", "wrench", "hourglass_flowing_sand", "x",
];
const most = 48;

export function ReactionPicker({ message, class: className }: { message: Message; class: string }) {
  const session = useSession();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);
  const react = (name: string) => {
    setOpen(false);
    const target = { user: session.store.me.id, channel: message.channel, ts: message.ts };
    void session.attempt(() => api.react({ ...target, name, remove: false }));
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class={className}
        aria-label="Add reaction"
        title="Add reaction"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="smile" size={17} />
      </button>
      {open && (
        <Popover anchor={anchor} onClose={close} class="picker" align="end">
          <EmojiGrid onPick={react} />
        </Popover>
      )}
    </>
  );
}

function EmojiGrid({ onPick }: { onPick(name: string): void }) {
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const names = typed.length > 1 ? findEmoji(typed.replaceAll(":", ""), most) : usual;
  return (
    <>
      <div class="options-filter">
        <Icon name="search" size={15} />
        <input
          ref={field}
          placeholder="Find an emoji"
          aria-label="Find an emoji"
          value={typed}
          onInput={(e) => setTyped(e.currentTarget.value)}
          onKeyDown={(e) => e.key === "Enter" && names[0] && onPick(names[0])}
        />
      </div>
      <div class="picker-grid">
        {names.map((name) => (
          <button key={name} type="button" class="picker-emoji" aria-label={name} title={`:${name}:`} onClick={() => onPick(name)}>
            {emojiChar(name)}
          </button>
        ))}
      </div>
    </>
  );
}
