import type { Element } from "../api/blocks";
import { ElementView } from "../elements/ElementView";
import type { BlockProps } from "./BlockView";

export function ActionsBlock({ block, blockId }: BlockProps) {
  return (
    <div class="actions">
      {((block.elements ?? []) as Element[]).map((element, i) => (
        <ElementView key={element.action_id ?? i} element={element} blockId={blockId} acts />
      ))}
    </div>
  );
}
