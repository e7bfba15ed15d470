import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Popover } from "./Popover";

interface MenuProps {
  anchor: RefObject<HTMLElement | null>;
  onClose(): void;
  label: string;
  align?: "start" | "end";
  children: ComponentChildren;
}

/** A menu that takes the focus; arrows move in it. */
export function Menu({ anchor, onClose, label, align, children }: MenuProps) {
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  useLayoutEffect(() => items()[0]?.focus(), []);

  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length) % all.length]?.focus();
  };

  return (
    <Popover anchor={anchor} onClose={onClose} align={align} class="menu">
      <div ref={list} role="menu" aria-label={label} onKeyDown={onKeyDown}>
        {children}
      </div>
    </Popover>
  );
}

interface ItemProps {
  onPick(): void;
  note?: string;
  children: ComponentChildren;
}

export function MenuItem({ onPick, note, children }: ItemProps) {
  return (
    <button type="button" role="menuitem" class="menu-item" tabIndex={-1} onClick={onPick}>
      <span>{children}</span>
      {note && <small>{note}</small>}
    </button>
  );
}
