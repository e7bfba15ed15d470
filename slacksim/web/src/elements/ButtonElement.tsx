import { TextObject, plain } from "../blocks/text";
import { safeUrl } from "../mrkdwn/links";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { Unacked } from "./Unacked";
import { useElement, type ElementProps } from "./useElement";

export function ButtonElement(props: ElementProps) {
  const { element } = props;
  const { press, pending, failure } = useElement(props);
  const href = element.url && safeUrl(element.url);
  const click = () => {
    // Not `disabled`: that would take the keyboard focus away.
    if (pending) return;
    // A URL button opens its page and tells the bot as well (SF-3.4).
    if (href) window.open(href, "_blank", "noopener");
    void press({ value: element.value });
  };
  return (
    <span class="element">
      <button
        type="button"
        class={`button ${element.style ? `button-${element.style}` : ""}`}
        aria-label={element.accessibility_label}
        aria-busy={pending}
        aria-disabled={pending}
        onClick={click}
      >
        <span class={pending ? "button-label button-label-busy" : "button-label"}>
          {element.text ? <TextObject text={element.text} /> : plain(element.icon)}
          {href && <Icon name="send" size={13} />}
        </span>
        {pending && <Spinner label="Waiting for the app" />}
      </button>
      <Unacked pending={false} failure={failure} />
    </span>
  );
}
