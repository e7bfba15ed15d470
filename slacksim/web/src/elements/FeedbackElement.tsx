import { TextObject } from "../blocks/text";
import { Unacked } from "./Unacked";
import { useElement, type ElementProps } from "./useElement";

export function FeedbackElement(props: ElementProps) {
  const { positive_button, negative_button } = props.element;
  const { press, pending, failure } = useElement(props);
  return (
    <span class="element">
      {[positive_button, negative_button].map(
        (choice) =>
          choice && (
            <button
              key={choice.value}
              type="button"
              class="button button-small"
              aria-label={choice.accessibility_label}
              disabled={pending}
              onClick={() => void press({ value: choice.value })}
            >
              <TextObject text={choice.text} />
            </button>
          ),
      )}
      <Unacked pending={pending} failure={failure} />
    </span>
  );
}
