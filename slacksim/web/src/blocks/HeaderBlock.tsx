import type { BlockProps } from "./BlockView";
import { TextObject } from "./text";

export function HeaderBlock({ block }: BlockProps) {
  const level = Number(block.level) || 1;
  return (
    <h3 class={`header header-${level}`}>
      <TextObject text={block.text} />
    </h3>
  );
}
