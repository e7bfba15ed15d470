import type { Block } from "../api/blocks";
import { BlockView } from "./BlockView";
import { blockIdOf } from "./blockId";

export function Blocks({ blocks }: { blocks: Block[] }) {
  return (
    <div class="blocks">
      {blocks.map((block, i) => (
        <BlockView key={blockIdOf(block, i)} block={block} blockId={blockIdOf(block, i)} />
      ))}
    </div>
  );
}
