import { Fragment } from "preact";
import type { TableCell } from "../api/blocks";
import type { BlockProps } from "./BlockView";
import { RichText } from "./RichTextBlock";
import { type Column, tableColumns } from "./tableColumns";
import { PlainText } from "./text";

/** The first row is the header, as Slack shows it. What is too wide for the screen is scrolled to. */
export function TableBlock({ block }: BlockProps) {
  const [head = [], ...rows] = block.rows ?? [];
  const columns = tableColumns(block);
  const caption = typeof block.caption === "string" ? block.caption : undefined;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={caption ?? "Table"}>
      <table class="table">
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>
            {head.map((cell, i) => (
              <th key={i} scope="col" {...look(columns[i])}>
                <Cell cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={i} {...look(columns[i])}>
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function look({ align, wrapped, narrowest, comfortable }: Column) {
  if (!wrapped) return { style: { textAlign: align } };
  return { class: "wrapped", style: { textAlign: align, "--narrowest": narrowest, "--comfortable": comfortable } };
}

function Cell({ cell }: { cell: TableCell | null }) {
  if (!cell) return null;
  if (cell.type === "rich_text") return <RichText elements={cell.elements ?? []} />;
  return <Breakable text={String(cell.text ?? cell.value ?? "")} />;
}

/** Names and addresses may break after a slash. */
function Breakable({ text }: { text: string }) {
  return (
    <>
      {text.split(/(?<=\/)/).map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          <PlainText text={part} />
        </Fragment>
      ))}
    </>
  );
}
