import type { Block, TableCell } from "../api/blocks";

/** Longer words of a wrapped column are broken. */
const widestWord = 12;
/** Shorter cells of a wrapped column stay on one line where there is room. */
const shortCell = 16;

export interface Column {
  align: "left" | "center" | "right";
  wrapped: boolean;
  /** The fewest characters that a wrapped column is squeezed to: on a phone, and where there is more room. */
  narrowest: number;
  comfortable: number;
}

/** How the columns of a table are laid out: as column_settings say, and numbers to the right. */
export function tableColumns(block: Block): Column[] {
  const rows = block.rows ?? [];
  const count = rows.reduce((n, row) => Math.max(n, row.length), 0);
  return Array.from({ length: count }, (_, i) => {
    const cells = rows.map((row) => row[i]).filter((cell) => cell != null);
    const settings = block.column_settings?.[i];
    const texts = cells.map(textOf);
    const narrowest = Math.min(widestWord, Math.max(0, ...texts.map(longestWord)));
    return {
      align: settings?.align ?? (cells.at(-1)?.type === "raw_number" ? "right" : "left"),
      wrapped: settings?.is_wrapped ?? false,
      narrowest,
      comfortable: Math.max(narrowest, Math.min(shortCell, Math.max(0, ...texts.map(width)))),
    };
  });
}

/** What is read in a cell. */
export function textOf(cell: TableCell): string {
  if (cell.type !== "rich_text") return String(cell.text ?? cell.value ?? "");
  return (cell.elements ?? []).map((element) => element.text ?? element.name ?? textOf({ ...element, type: "rich_text" })).join("");
}

/** Lines break at spaces, after hyphens and slashes, and between Chinese characters, which are two columns wide. */
export function longestWord(text: string): number {
  const words = text.split(/\s+|(?<=[-/])|(?=\p{scx=Han})|(?<=\p{scx=Han})/u);
  return Math.max(0, ...words.map(width));
}

function width(text: string): number {
  return [...text].reduce((n, c) => n + (/\p{scx=Han}|\p{Emoji_Presentation}/u.test(c) ? 2 : 1), 0);
}
