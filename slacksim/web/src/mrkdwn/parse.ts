import type { ListItem, Node } from "./ast";
import { codeText, parseInline, type InlineOptions } from "./inline";

const fence = /```([\s\S]*?)```/g;
const quoteLine = /^(?:&gt;|>) ?/;
const quoteRest = /^(?:&gt;|>){3} ?/;
const itemLine = /^(\s*)([•◦▪–-]|\d{1,3}[.)])\s+(?=\S)/;

/** Parses mrkdwn as Slack shows it: fences first, then quotes, list lines and paragraphs. */
export function parseMrkdwn(source: string, options: InlineOptions = {}): Node[] {
  const nodes: Node[] = [];
  let last = 0;
  for (const match of source.matchAll(fence)) {
    nodes.push(...parseLines(trimEdge(source.slice(last, match.index), nodes.length > 0, true), options));
    nodes.push({ t: "pre", text: codeText(match[1]!.replace(/^\n/, "").replace(/\n$/, "")) });
    last = match.index + match[0].length;
  }
  nodes.push(...parseLines(trimEdge(source.slice(last), nodes.length > 0, false), options));
  return nodes;
}

/** Drops the one line end that only separates text from a fence. */
function trimEdge(text: string, afterFence: boolean, beforeFence: boolean): string {
  if (afterFence) text = text.replace(/^\n/, "");
  return beforeFence ? text.replace(/\n$/, "") : text;
}

type LineKind = "quote" | "list" | "paragraph";

function kindOf(line: string): LineKind {
  if (quoteLine.test(line)) return "quote";
  return itemLine.test(line) ? "list" : "paragraph";
}

function parseLines(text: string, options: InlineOptions): Node[] {
  if (text === "") return [];
  const nodes: Node[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; ) {
    if (quoteRest.test(lines[i]!)) {
      const rest = [lines[i]!.replace(quoteRest, ""), ...lines.slice(i + 1)].join("\n");
      nodes.push({ t: "quote", children: parseLines(rest, options) });
      break;
    }
    const kind = kindOf(lines[i]!);
    let end = i + 1;
    while (end < lines.length && !quoteRest.test(lines[end]!) && kindOf(lines[end]!) === kind) end++;
    nodes.push(buildNode(kind, lines.slice(i, end), options));
    i = end;
  }
  return nodes;
}

function buildNode(kind: LineKind, lines: string[], options: InlineOptions): Node {
  switch (kind) {
    case "quote":
      return { t: "quote", children: parseLines(lines.map((l) => l.replace(quoteLine, "")).join("\n"), options) };
    case "list":
      return { t: "list", items: lines.map((line) => parseItem(line, options)) };
    case "paragraph":
      return { t: "paragraph", children: parseInline(lines.join("\n"), options) };
  }
}

/** Slack keeps the typed marker; only the indent under it is the page's. */
function parseItem(line: string, options: InlineOptions): ListItem {
  const [head = "", indent = "", marker = ""] = itemLine.exec(line) ?? [];
  return { marker, level: Math.min(4, Math.floor(indent.length / 2)), children: parseInline(line.slice(head.length), options) };
}
