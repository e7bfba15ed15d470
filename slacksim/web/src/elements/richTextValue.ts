import type { RichElement } from "../api/blocks";

/** Plain typed text as the rich_text that Slack's rich input would give. */
export function richTextOf(text: string): RichElement | null {
  if (text === "") return null;
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

export function textOfRich(value: unknown): string {
  const rich = value as RichElement | null | undefined;
  if (!rich) return "";
  return (rich.elements ?? []).map((part) => (part.elements ?? []).map((e) => e.text ?? "").join("")).join("\n");
}
