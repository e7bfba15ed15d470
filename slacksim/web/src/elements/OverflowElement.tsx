import { useRef, useState } from "preact/hooks";
import type { Option } from "../api/blocks";
import { PlainText } from "../blocks/text";
import { safeUrl } from "../mrkdwn/links";
import { Icon } from "../ui/Icon";
import { Menu, MenuItem } from "../ui/Menu";
import { Spinner } from "../ui/Spinner";
import { Unacked } from "./Unacked";
import { useElement, type ElementProps } from "./useElement";

export function OverflowElement(props: ElementProps) {
  const { press, pending, failure } = useElement(props);
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const pick = (option: Option) => {
    setOpen(false);
    const href = option.url && safeUrl(option.url);
    if (href) window.open(href, "_blank", "noopener");
    void press({ selected_option: option });
  };
  return (
    <span class="element">
      <button
        ref={anchor}
        type="button"
        class="button button-icon"
        aria-label={props.element.accessibility_label ?? "More options"}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-disabled={pending}
        onClick={() => setOpen(!open && !pending)}
      >
        {pending ? <Spinner /> : <Icon name="more" />}
      </button>
      <Unacked pending={false} failure={failure} />
      {open && (
        <Menu anchor={anchor} onClose={() => setOpen(false)} align="end" label="More options">
          {(props.element.options ?? []).map((option) => (
            <MenuItem key={option.value} onPick={() => pick(option)} note={option.description?.text}>
              <PlainText text={option.text.text} />
            </MenuItem>
          ))}
        </Menu>
      )}
    </span>
  );
}
