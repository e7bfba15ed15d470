import type { BlockProps } from "./BlockView";
import { PlainText } from "./text";

/** A block this page does not draw: its type and whatever text is in it. */
export function FallbackBlock({ block }: BlockProps) {
  return (
    <div class="fallback">
      <span class="fallback-type">{block.type}</span>
      {textsIn(block).map((text, i) => (
        <p key={i}>
          <PlainText text={text} />
        </p>
      ))}
    </div>
  );
}

const textKeys = new Set(["text", "title", "subtitle", "body", "subtext", "description", "details", "output"]);

/** Every readable string in a block, in order. */
export function textsIn(value: unknown, key = ""): string[] {
  if (typeof value === "string") return textKeys.has(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, key));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, name));
}
