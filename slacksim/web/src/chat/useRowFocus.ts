import type { RefObject } from "preact";

/** Up and Down move between messages, so that the list is one stop of the Tab key. */
export function useRowFocus(list: RefObject<HTMLElement | null>) {
  return (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    const target = e.target as HTMLElement;
    if (!step || !target.classList.contains("message")) return;
    e.preventDefault();
    const rows = [...list.current!.querySelectorAll<HTMLElement>(".message")];
    const next = rows[rows.indexOf(target) + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
}
