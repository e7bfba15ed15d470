import type { Node } from "./ast";
import { Inlines } from "./Inlines";
import { parseMrkdwn } from "./parse";

interface Props {
  text: string;
  verbatim?: boolean;
}

/** Slack's mrkdwn, rendered. */
export function Mrkdwn({ text, verbatim }: Props) {
  return (
    <div class="mrkdwn">
      {parseMrkdwn(text, { verbatim }).map((node, i) => (
        <MrkdwnNode key={i} node={node} />
      ))}
    </div>
  );
}

function MrkdwnNode({ node }: { node: Node }) {
  switch (node.t) {
    case "paragraph":
      return (
        <div class="para">
          <Inlines nodes={node.children} />
        </div>
      );
    case "pre":
      return (
        <pre class="codeblock" tabIndex={0}>
          {node.text}
        </pre>
      );
    case "quote":
      return (
        <blockquote class="quote">
          {node.children.map((child, i) => (
            <MrkdwnNode key={i} node={child} />
          ))}
        </blockquote>
      );
    case "list":
      return (
        <ul class="lines">
          {node.items.map((item, i) => (
            <li key={i} style={{ marginInlineStart: `${item.level * 1.25}em` }}>
              <span class="marker">{item.marker === "-" ? "–" : item.marker}</span>
              <span>
                <Inlines nodes={item.children} />
              </span>
            </li>
          ))}
        </ul>
      );
  }
}
