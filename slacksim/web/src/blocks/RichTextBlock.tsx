import type { RichElement } from "../api/blocks";
import type { BlockProps } from "./BlockView";
import { RichInlines } from "./RichInline";
import { RichList } from "./RichList";

export function RichTextBlock({ block }: BlockProps) {
  return <RichText elements={(block.elements ?? []) as RichElement[]} />;
}

export function RichText({ elements }: { elements: RichElement[] }) {
  return (
    <div class="mrkdwn">
      {elements.map((element, i) => (
        <RichPart key={i} part={element} />
      ))}
    </div>
  );
}

function RichPart({ part }: { part: RichElement }) {
  const children = part.elements ?? [];
  switch (part.type) {
    case "rich_text_list":
      return <RichList list={part} />;
    case "rich_text_preformatted":
      return (
        <pre class="codeblock" tabIndex={0}>
          <RichInlines elements={children} />
        </pre>
      );
    case "rich_text_quote":
      return (
        <blockquote class="quote">
          <RichInlines elements={children} />
        </blockquote>
      );
    default:
      return (
        <div class="para">
          <RichInlines elements={children} />
        </div>
      );
  }
}
