import type { RichElement } from "../api/blocks";
import { RichInlines } from "./RichInline";

const bullets = ["disc", "circle", "square"];
const numbers = ["decimal", "lower-alpha", "lower-roman"];

export function RichList({ list }: { list: RichElement }) {
  const indent = list.indent ?? 0;
  const ordered = list.style === "ordered";
  const style = {
    marginInlineStart: `${indent * 1.5}em`,
    listStyleType: (ordered ? numbers : bullets)[indent % 3],
  };
  const items = (list.elements ?? []).map((item, i) => (
    <li key={i}>
      <RichInlines elements={item.elements ?? []} />
    </li>
  ));
  if (!ordered) return <ul class="list" style={style}>{items}</ul>;
  return (
    <ol class="list" style={style} start={(list.offset ?? 0) + 1}>
      {items}
    </ol>
  );
}
