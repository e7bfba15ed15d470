import { useId } from "preact/hooks";
import type { Option } from "../api/blocks";
import { ChoiceLabel } from "./ChoiceLabel";
import { Unacked } from "./Unacked";
import { useElement, type ElementProps } from "./useElement";

export function RadioElement(props: ElementProps) {
  const { value, change, pending, failure } = useElement(props);
  const name = useId();
  const chosen = (value.selected_option as Option | null | undefined)?.value;
  return (
    <div class="choices" role="radiogroup" aria-labelledby={props.labelledBy} aria-describedby={props.describedBy}>
      {(props.element.options ?? []).map((option) => (
        <label class="choice" key={option.value}>
          <input
            type="radio"
            name={name}
            checked={chosen === option.value}
            onChange={() => void change({ selected_option: option })}
          />
          <ChoiceLabel option={option} />
        </label>
      ))}
      <Unacked pending={pending} failure={failure} />
    </div>
  );
}
