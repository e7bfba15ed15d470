import { render } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import type { Block, TableCell } from "../api/blocks";
import { TableBlock } from "./TableBlock";
import { longestWord, tableColumns, textOf } from "./tableColumns";

const raw = (text: string): TableCell => ({ type: "raw_text", text });
const row = (...texts: string[]) => texts.map(raw);
const table = (more: Partial<Block>): Block => ({ type: "table", block_id: "t", ...more });
const draw = (block: Block) => render(<TableBlock block={block} blockId="t" />);

describe("a table", () => {
  const html = draw(
    table({
      rows: [row("Service", "Ready"), row("order-service", "3/5")],
      column_settings: [{ align: "left", is_wrapped: true }, { align: "right" }],
    }),
  );

  it("has the first row as its heading", () => {
    expect(html).toMatch(/<thead><tr><th[^>]*scope="col"[^>]*>Service<\/th>/);
    expect(html.match(/<td/g)).toHaveLength(2);
  });
  it("wraps the columns that are to be wrapped, down to their longest word", () => {
    expect(html).toMatch(/<td class="wrapped" style="text-align:left;--narrowest:7;--comfortable:13[^"]*">order-service/);
  });
  it("aligns the others without wrapping them", () => {
    expect(html).toMatch(/<td style="text-align:right;?">3\/<wbr\/?>5/);
  });
  it("can be reached and scrolled with the keyboard", () => {
    expect(html).toMatch(/<div class="table-scroll" tabindex="0" role="region" aria-label="Table">/);
  });
});

it("draws rich text, numbers, and empty cells as posted", () => {
  const bold: TableCell = { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "down", style: { bold: true } }] }] };
  const html = draw(table({ rows: [row("a", "b", "c"), [bold, { type: "raw_number", value: "4.5" }, null]] }));
  expect(html).toContain("<strong>down</strong>");
  expect(html).toContain("4.5");
  expect(html.match(/<td/g)).toHaveLength(3);
});

it("names a data_table by its caption", () => {
  const html = draw({ type: "data_table", caption: "Pods <b>", rows: [row("a"), row("b")] });
  expect(html).toContain("<caption>Pods &lt;b></caption>");
});

it("shows text from outside as text", () => {
  expect(draw(table({ rows: [row("<img src=x onerror=alert(1)>"), row("<script>alert(1)</script>")] }))).not.toMatch(/<(img|script)/);
});

it("right-aligns columns of numbers by itself", () => {
  const number: TableCell = { type: "raw_number", value: "7" };
  expect(tableColumns(table({ rows: [row("name", "n"), [raw("a"), number]] })).map((c) => c.align)).toEqual(["left", "right"]);
});

it.each([
  ["", 0],
  ["in progress", 8],
  ["order-service-6c9d7f5b8", 9],
  ["sts/postgres", 8],
  ["支付服务", 2],
  ["支付 payment", 7],
])("longest word of %j", (text, want) => expect(longestWord(text)).toBe(want));

it("reads a rich cell", () => {
  const cell: TableCell = { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "emoji", name: "x" }, { type: "text", text: " down" }] }] };
  expect(textOf(cell)).toBe("x down");
});
