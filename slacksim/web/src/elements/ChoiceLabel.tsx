import type { Option } from "../api/blocks";
import { TextObject } from "../blocks/text";

export function ChoiceLabel({ option }: { option: Option }) {
  return (
    <span class="choice-label">
      <span>
        <TextObject text={option.text} />
      </span>
      {option.description && (
        <small>
          <TextObject text={option.description} />
        </small>
      )}
    </span>
  );
}
