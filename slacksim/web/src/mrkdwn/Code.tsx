import type { ComponentChildren } from "preact";

const unbrokenChars = 28;

/** Inline code; a short one stays on one line instead of breaking at its hyphens. */
export function Code({ text, children = text }: { text: string; children?: ComponentChildren }) {
  return <code class={text.length <= unbrokenChars ? "code code-short" : "code"}>{children}</code>;
}
