import { plain } from "../blocks/text";
import { useSurface } from "../blocks/surface";
import { richTextOf, textOfRich } from "./richTextValue";
import { Unacked } from "./Unacked";
import { useElement, type ElementProps } from "./useElement";

/** The keyboard a phone shows; the field stays text, so that the bot's own checks are the ones that answer. */
const keyboards = { email_text_input: "email", url_text_input: "url", number_input: "decimal" } as const;

export function TextInputElement(props: ElementProps) {
  const { element, acts } = props;
  const { value, keep, send, pending, failure } = useElement(props);
  const { submit } = useSurface();
  const rich = element.type === "rich_text_input";
  const wrap = (text: string) => (rich ? { rich_text_value: richTextOf(text) } : { value: text === "" ? null : text });
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];

  const onInput = (text: string) => {
    keep(wrap(text));
    if (acts && triggers.includes("on_character_entered")) void send(wrap(text));
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || e.isComposing || element.multiline || rich) return;
    e.preventDefault();
    if (acts && triggers.includes("on_enter_pressed")) void send(wrap((e.currentTarget as HTMLInputElement).value));
    else submit?.();
  };
  const common = {
    class: "text-input",
    value: rich ? textOfRich(value.rich_text_value) : ((value.value as string | null | undefined) ?? ""),
    placeholder: plain(element.placeholder),
    minLength: element.min_length,
    maxLength: element.max_length,
    autoFocus: element.focus_on_load,
    "aria-labelledby": props.labelledBy,
    "aria-describedby": props.describedBy,
    "aria-label": props.labelledBy ? undefined : plain(element.placeholder) || "Text",
    onInput: (e: { currentTarget: { value: string } }) => onInput(e.currentTarget.value),
    onKeyDown,
  };
  return (
    <span class="element element-wide">
      {element.multiline || rich ? (
        <textarea rows={4} {...common} />
      ) : (
        <input type="text" inputMode={keyboards[element.type as keyof typeof keyboards]} autoComplete="off" {...common} />
      )}
      <Unacked pending={pending} failure={failure} />
    </span>
  );
}
