import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  label: string;
  /** Escape or a click beside the dialog. */
  onCancel(): void;
  children: ComponentChildren;
  class?: string;
}

const firstField = "[autofocus], .dialog-body :is(input, textarea, [role=combobox])";

/** A modal dialog; the browser holds the focus inside and everything else inert. */
export function Dialog({ label, onCancel, children, class: className = "" }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>(firstField)?.focus();
    return () => before?.focus?.();
  }, []);
  const onClick = (e: MouseEvent) => {
    if (e.target === dialog.current) onCancel();
  };
  const cancel = (e: Event) => {
    e.preventDefault();
    onCancel();
  };
  return (
    <dialog ref={dialog} class={`dialog ${className}`} aria-label={label} onCancel={cancel} onMouseDown={onClick}>
      {children}
    </dialog>
  );
}
