import { useId } from "preact/hooks";
import { ElementView } from "../elements/ElementView";
import type { BlockProps } from "./BlockView";
import { useSurface } from "./surface";
import { TextObject } from "./text";

export function InputBlock({ block, blockId }: BlockProps) {
  const error = useSurface().errors[blockId];
  const id = useId();
  if (!block.element) return null;
  return (
    <div class={error ? "input input-invalid" : "input"} data-block={blockId}>
      <div class="input-label" id={`${id}-label`}>
        <TextObject text={block.label} />
        {block.optional && <span class="optional"> (optional)</span>}
      </div>
      <ElementView
        element={block.element}
        blockId={blockId}
        acts={block.dispatch_action === true}
        labelledBy={`${id}-label`}
        describedBy={`${id}-note`}
      />
      {(error || block.hint) && (
        <div id={`${id}-note`}>
          {error && (
            <p class="input-error" role="alert">
              {error}
            </p>
          )}
          {block.hint && (
            <p class="input-hint">
              <TextObject text={block.hint} />
            </p>
          )}
        </div>
      )}
    </div>
  );
}
