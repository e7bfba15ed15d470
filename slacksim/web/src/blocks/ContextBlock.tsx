import type { Element, Text } from "../api/blocks";
import { Picture } from "../ui/Picture";
import type { BlockProps } from "./BlockView";
import { TextObject } from "./text";

export function ContextBlock({ block }: BlockProps) {
  return (
    <div class="context">
      {(block.elements ?? []).map((item, i) =>
        item.type === "image" ? (
          <Picture key={i} class="context-image" url={(item as Element).image_url} alt={(item as Element).alt_text} />
        ) : (
          <span class="context-text" key={i}>
            <TextObject text={item as Text} />
          </span>
        ),
      )}
    </div>
  );
}
