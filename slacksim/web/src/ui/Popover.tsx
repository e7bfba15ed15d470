import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  anchor: RefObject<HTMLElement | null>;
  onClose(): void;
  children: ComponentChildren;
  class?: string;
  align?: "start" | "end";
  /** At least as wide as the anchor. */
  fit?: boolean;
}

const gap = 4;
const margin = 8;

/** A panel beside its anchor, in the browser's top layer so that neither scroll areas nor modals cut it off. */
export function Popover({ anchor, onClose, children, class: className = "", align = "start", fit }: Props) {
  const panel = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = panel.current!;
    element.showPopover();
    const place = () => anchor.current && position(element, anchor.current, align, fit ?? false);
    place();
    const watch = new ResizeObserver(place);
    watch.observe(element);
    addEventListener("resize", place);
    return () => {
      watch.disconnect();
      removeEventListener("resize", place);
    };
  }, []);

  useEffect(() => {
    const outside = (e: Event) => {
      const target = e.target as Node;
      if (!panel.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    const scrolled = (e: Event) => {
      if (e.target instanceof Element && e.target.contains(anchor.current)) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("scroll", scrolled, true);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("scroll", scrolled, true);
    };
  }, [onClose]);

  // Prevented, Escape closes the panel and not the modal below it.
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key !== "Escape") return;
    e.preventDefault();
    e.stopPropagation();
    onClose();
    anchor.current?.focus();
  };

  return (
    <div ref={panel} popover="manual" class={`popover ${className}`} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

function position(panel: HTMLElement, anchor: HTMLElement, align: "start" | "end", fit: boolean): void {
  const at = anchor.getBoundingClientRect();
  if (fit) panel.style.minWidth = `${at.width}px`;
  const below = innerHeight - at.bottom - gap - margin;
  const above = at.top - gap - margin;
  const up = panel.offsetHeight > below && above > below;
  panel.style.maxHeight = `${up ? above : below}px`;
  const left = align === "start" ? at.left : at.right - panel.offsetWidth;
  panel.style.left = `${Math.max(margin, Math.min(left, innerWidth - panel.offsetWidth - margin))}px`;
  panel.style.top = up ? `${at.top - gap - panel.offsetHeight}px` : `${at.bottom + gap}px`;
}
