import { ElementView } from "../elements/ElementView";
import type { BlockProps } from "./BlockView";
import { TextObject } from "./text";

export function SectionBlock({ block, blockId }: BlockProps) {
  return (
    <div class={block.accessory ? "section section-with-accessory" : "section"}>
      <div class="section-body">
        {block.text && (
          <div class="section-text">
            <TextObject text={block.text} />
          </div>
        )}
        {block.fields && (
          <div class="fields">
            {block.fields.map((field, i) => (
              <div class="field" key={i}>
                <TextObject text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div class="accessory">
          <ElementView element={block.accessory} blockId={blockId} acts />
        </div>
      )}
    </div>
  );
}
