import { Picture } from "../ui/Picture";
import type { BlockProps } from "./BlockView";
import { TextObject } from "./text";

export function ImageBlock({ block }: BlockProps) {
  return (
    <figure class="image">
      {block.title && (
        <figcaption>
          <TextObject text={block.title} />
        </figcaption>
      )}
      <Picture class="image-picture" url={block.image_url ?? block.slack_file?.url} alt={block.alt_text} />
    </figure>
  );
}
