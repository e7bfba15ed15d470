import type { TableCell } from "../api/blocks";
import { RichText } from "./RichTextBlock";
import type { BlockProps } from "./BlockView";
import { PlainText } from "./text";

/** The first row is the header, as Slack shows it. */
export function TableBlock({ block }: BlockProps) {
  const [head = [], ...rows] = block.rows ?? [];
  const columns = block.column_settings ?? [];
  const look = (i: number, cell: TableCell) => ({
    textAlign: columns[i]?.align ?? (cell.type === "raw_number" ? "right" : "left"),
    whiteSpace: columns[i]?.is_wrapped ? "normal" : "nowrap",
  });
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table class="table">
        <thead>
          <tr>
            {head.map((cell, i) => (
              <th key={i} scope="col" style={look(i, rows[0]?.[i] ?? cell)}>
                <Cell cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((cell, i) => (
                <td key={i} style={look(i, cell)}>
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

function Cell({ cell }: { cell: TableCell }) {
  if (cell.type === "rich_text") return <RichText elements={cell.elements ?? []} />;
  return <PlainText text={String(cell.text ?? cell.value ?? "")} />;
}
