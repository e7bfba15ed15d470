import type { Option } from "../api/blocks";
import { ChoiceLabel } from "./ChoiceLabel";
import { Unacked } from "./Unacked";
import { useElement, type ElementProps } from "./useElement";

export function CheckboxesElement(props: ElementProps) {
  const { value, change, pending, failure } = useElement(props);
  const options = props.element.options ?? [];
  const chosen = (value.selected_options as Option[] | undefined) ?? [];
  const isOn = (option: Option) => chosen.some((o) => o.value === option.value);
  const toggle = (option: Option) => {
    const selected_options = options.filter((o) => (o.value === option.value ? !isOn(o) : isOn(o)));
    void change({ selected_options });
  };
  return (
    <div class="choices" role="group" aria-labelledby={props.labelledBy} aria-describedby={props.describedBy}>
      {options.map((option) => (
        <label class="choice" key={option.value}>
          <input type="checkbox" checked={isOn(option)} onChange={() => toggle(option)} />
          <ChoiceLabel option={option} />
        </label>
      ))}
      <Unacked pending={pending} failure={failure} />
    </div>
  );
}
