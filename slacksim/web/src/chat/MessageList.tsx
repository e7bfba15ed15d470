import { useState } from "preact/hooks";
import type { Message } from "../api/types";
import { useStore } from "../state/context";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { DayDivider } from "./DayDivider";
import { MessageRow } from "./MessageRow";
import { buildRows } from "./rows";
import { useRowFocus } from "./useRowFocus";
import { useStickyScroll } from "./useStickyScroll";

interface Props {
  label: string;
  messages: Message[] | undefined;
  intro?: string;
  newLine?: string;
  onOlder?(): void;
  inThread?: boolean;
}

export function MessageList({ label, messages, intro, newLine, onOlder, inThread = false }: Props) {
  const dismissed = useStore().dismissed.value;
  const shown = (messages ?? []).filter((m) => !dismissed.has(m.ts));
  const { scroller, content, atEnd, toEnd, onScroll } = useStickyScroll(onOlder);
  const [active, setActive] = useState<string>();
  const onKeyDown = useRowFocus(scroller);
  const last = shown.at(-1)?.ts;

  return (
    <div class="messages-frame">
      <div ref={scroller} class={atEnd ? "messages messages-at-end" : "messages"} onScroll={onScroll} onMouseLeave={() => setActive(undefined)}>
        <div ref={content} class="messages-content" role="list" aria-label={label} onKeyDown={onKeyDown}>
          {!messages && (
            <div class="messages-loading">
              <Spinner label="Loading messages" />
            </div>
          )}
          {messages && intro && <p class="messages-intro">{intro}</p>}
          {buildRows(shown, newLine).map((row, i) => (
            <div key={row.message.ts} role="listitem">
              {row.day && !inThread && <DayDivider date={row.day} />}
              {row.isNew && <div class="new-line">New</div>}
              <MessageRow
                message={row.message}
                continues={row.continues}
                active={active === row.message.ts}
                onActivate={setActive}
                focusable={row.message.ts === last}
                inThread={inThread}
              />
              {inThread && i === 0 && shown.length > 1 && (
                <div class="replies-line">{shown.length === 2 ? "1 reply" : `${shown.length - 1} replies`}</div>
              )}
            </div>
          ))}
        </div>
      </div>
      {!atEnd && (
        <button type="button" class="to-end" aria-label="Jump to the latest message" onClick={toEnd}>
          <Icon name="down" size={18} />
        </button>
      )}
    </div>
  );
}
