import type { Block } from "../api/blocks";

/** The block's id; the server gives every block one, the index only keeps the page whole without it. */
export function blockIdOf(block: Block, index: number): string {
  return block.block_id || `block-${index}`;
}
