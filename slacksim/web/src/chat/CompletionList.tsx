import { useEffect, useRef } from "preact/hooks";
import { useStore } from "../state/context";
import { Avatar } from "../ui/Avatar";
import type { Suggestion } from "./completion";

interface Props {
  id: string;
  items: Suggestion[];
  active: number;
  onPick(item: Suggestion): void;
}

export function CompletionList({ id, items, active, onPick }: Props) {
  const store = useStore();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: "nearest" }), [active]);
  return (
    <div class="completion">
      <div ref={list} class="completion-list" id={id} role="listbox" aria-label="Suggestions">
        {items.map((item, i) => (
          <div
            key={item.key}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === active}
            class={i === active ? "completion-item completion-active" : "completion-item"}
            onPointerDown={(e) => {
              e.preventDefault();
              onPick(item);
            }}
          >
            {item.userId && <Avatar user={store.user(item.userId)} size={24} />}
            {item.sign && <span class="emoji">{item.sign}</span>}
            <span class="completion-title">{item.title}</span>
            {item.hint && <code class="completion-hint">{item.hint}</code>}
            {item.note && <span class="completion-note">{item.note}</span>}
          </div>
        ))}
      </div>
      <div class="completion-keys" aria-hidden="true">
        <kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Tab</kbd> take · <kbd>Esc</kbd> close
      </div>
    </div>
  );
}
