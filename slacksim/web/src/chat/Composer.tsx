import { useId, useState } from "preact/hooks";
import { api } from "../api/client";
import { useSession } from "../state/context";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { CommandHint } from "./CommandHint";
import { CompletionList } from "./CompletionList";
import { useComposer } from "./useComposer";

interface Props {
  channel: string;
  thread?: string;
  placeholder: string;
}

export function Composer({ channel, thread, placeholder }: Props) {
  const session = useSession();
  const { store } = session;
  const composer = useComposer(thread !== undefined);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const listId = useId();
  const { text, items } = composer;
  const open = items.length > 0;

  async function deliver(): Promise<void> {
    const user = store.me.id;
    if (text.startsWith("/")) {
      // Commands cannot be used in threads (SF-2.3).
      if (thread) throw new Error(`${text.split(/\s/)[0]} is not supported in threads. Sorry! Mention @${store.state.app.name} instead.`);
      await api.command({ user, channel, text: text.trim() });
    } else {
      await api.post({ user, channel, thread_ts: thread, text: text.trim() });
    }
  }

  async function send(): Promise<void> {
    if (text.trim() === "" || busy) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      // The field empties at once, as in any chat; a refusal gives the text back.
      composer.clear();
      await deliver();
    } catch (error) {
      setRefusal((error as Error).message);
      composer.put(text, text.length);
    } finally {
      setBusy(false);
      composer.field.current?.focus();
    }
  }

  function onKeyDown(e: KeyboardEvent): void {
    if (e.isComposing) return;
    if (open && e.key === "ArrowDown") composer.move(1);
    else if (open && e.key === "ArrowUp") composer.move(-1);
    else if (open && e.key === "Escape") composer.close();
    else if (open && e.key === "Tab" && !e.shiftKey) composer.take(items[composer.active]!);
    else if (e.key === "Enter" && !e.shiftKey) {
      const item = items[composer.active];
      // A command that is already complete is sent, not completed again.
      if (item && item.insert.trim() !== text.trim()) composer.take(item);
      else void send();
    } else return;
    e.preventDefault();
  }

  return (
    <div class="composer-area">
      {open && <CompletionList id={listId} items={items} active={composer.active} onPick={composer.take} />}
      {!open && <CommandHint text={text} />}
      {refusal && (
        <p class="composer-refusal" role="alert">
          <Icon name="warning" size={16} /> {refusal}
        </p>
      )}
      <div class="composer">
        <textarea
          ref={composer.field}
          rows={1}
          value={text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-autocomplete="list"
          aria-controls={open ? listId : undefined}
          aria-activedescendant={open ? `${listId}-${composer.active}` : undefined}
          onInput={(e) => {
            setRefusal(undefined);
            composer.typed(e.currentTarget.value, e.currentTarget.selectionStart);
          }}
          onSelect={(e) => composer.setCaret(e.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
        />
        <div class="composer-tools">
          {!thread && (
            <button type="button" class="icon-button" aria-label="Slash commands" title="Slash commands" onClick={() => composer.put("/", 1)}>
              <Icon name="slash" />
            </button>
          )}
          <button type="button" class="icon-button" aria-label="Mention somebody" title="Mention somebody" onClick={() => composer.insert("@")}>
            <Icon name="at" />
          </button>
          <span class="composer-as">
            as <b>{store.me.real_name || store.me.name}</b>
          </span>
          <button
            type="button"
            class="send"
            aria-label="Send"
            title="Send (Enter)"
            disabled={text.trim() === "" || busy}
            onClick={() => void send()}
          >
            {busy ? <Spinner label="Sending" /> : <Icon name="send" />}
          </button>
        </div>
      </div>
    </div>
  );
}
