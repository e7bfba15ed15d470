import { lexer } from "marked";
import { MarkdownNodes } from "./MarkdownNodes";

/** A `markdown` block. Only the lexer of the library is used: raw HTML in the text stays text. */
export function Markdown({ text }: { text: string }) {
  return (
    <div class="mrkdwn markdown">
      <MarkdownNodes tokens={lexer(text, { gfm: true })} />
    </div>
  );
}
