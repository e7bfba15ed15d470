import type { BlockProps } from "./BlockView";
import { TextObject } from "./text";

export function AlertBlock({ block }: BlockProps) {
  return (
    <div class={`alert alert-${block.level ?? "default"}`} role="note">
      <TextObject text={block.text} />
    </div>
  );
}
