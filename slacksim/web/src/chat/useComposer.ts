import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useStore } from "../state/context";
import { findTrigger, suggest, type Suggestion } from "./completion";

/** The text, the caret and the open completion of one composer. */
export function useComposer(inThread: boolean) {
  const store = useStore();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  const [closedFor, setClosedFor] = useState<string>();
  const trigger = findTrigger(text, caret);
  const items = trigger && closedFor !== text ? suggest(store, trigger, inThread) : [];
  const at = Math.min(active, items.length - 1);

  useLayoutEffect(() => {
    const element = field.current!;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  function set(next: string, position: number): void {
    setText(next);
    setCaret(position);
    setActive(0);
    setClosedFor(undefined);
  }

  function put(next: string, position: number): void {
    set(next, position);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(position, position);
    });
  }

  function take(item: Suggestion): void {
    if (!trigger) return;
    const rest = text.slice(trigger.to).replace(/^ /, "");
    put(text.slice(0, trigger.from) + item.insert + rest, trigger.from + item.insert.length);
  }

  function insert(piece: string): void {
    const before = text.slice(0, caret);
    const gap = before === "" || /\s$/.test(before) ? "" : " ";
    put(before + gap + piece + text.slice(caret), caret + gap.length + piece.length);
  }

  return {
    field,
    text,
    items,
    active: at,
    setCaret,
    typed: set,
    put,
    insert,
    take,
    move: (step: number) => setActive((at + step + items.length) % items.length),
    close: () => setClosedFor(text),
    clear: () => set("", 0),
  };
}
