import { Markdown } from "../markdown/Markdown";
import type { BlockProps } from "./BlockView";

export function MarkdownBlock({ block }: BlockProps) {
  const text = typeof block.text === "string" ? block.text : (block.text?.text ?? "");
  return <Markdown text={text} />;
}
