import type { ComponentChildren } from "preact";
import type { Token, Tokens } from "marked";
import { Code } from "../mrkdwn/Code";
import { Link } from "../mrkdwn/Link";
import { PlainText } from "../blocks/text";
import { Picture } from "../ui/Picture";

export function MarkdownNodes({ tokens }: { tokens: Token[] | undefined }) {
  return (
    <>
      {(tokens ?? []).map((token, i) => (
        <MarkdownNode key={i} token={token} />
      ))}
    </>
  );
}

function MarkdownNode({ token }: { token: Token }): ComponentChildren {
  const inside = <MarkdownNodes tokens={(token as Tokens.Generic).tokens} />;
  switch (token.type) {
    case "space":
      return null;
    case "heading":
      return <h4 class={`md-heading md-heading-${token.depth}`}>{inside}</h4>;
    case "paragraph":
      return <p class="md-paragraph">{inside}</p>;
    case "blockquote":
      return <blockquote class="quote">{inside}</blockquote>;
    case "hr":
      return <hr class="divider" />;
    case "code":
      return (
        <pre class="codeblock" tabIndex={0}>
          {token.text}
        </pre>
      );
    case "list":
      return <MarkdownList list={token as Tokens.List} />;
    case "table":
      return <MarkdownTable table={token as Tokens.Table} />;
    case "strong":
      return <strong>{inside}</strong>;
    case "em":
      return <em>{inside}</em>;
    case "del":
      return <s>{inside}</s>;
    case "codespan":
      return <Code text={token.text} />;
    case "br":
      return <br />;
    case "link":
      return <Link url={token.href}>{inside}</Link>;
    case "image":
      return <Picture class="image-picture" url={token.href} alt={token.text} />;
    case "checkbox":
      return null;
    case "text":
      return (token as Tokens.Text).tokens ? inside : <PlainText text={(token as Tokens.Text).text} />;
    case "escape":
      return token.text;
    default:
      return token.raw;
  }
}

function MarkdownList({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, i) => (
    <li key={i} class={item.task ? "task" : undefined}>
      {item.task && <input type="checkbox" checked={item.checked} disabled aria-label="done" />}
      <MarkdownNodes tokens={item.tokens} />
    </li>
  ));
  if (!list.ordered) return <ul class="list">{items}</ul>;
  return (
    <ol class="list" start={list.start || 1}>
      {items}
    </ol>
  );
}

function MarkdownTable({ table }: { table: Tokens.Table }) {
  const look = (i: number) => ({ textAlign: table.align[i] ?? "left" });
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table class="table">
        <thead>
          <tr>
            {table.header.map((cell, i) => (
              <th key={i} scope="col" style={look(i)}>
                <MarkdownNodes tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={i} style={look(i)}>
                  <MarkdownNodes tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
