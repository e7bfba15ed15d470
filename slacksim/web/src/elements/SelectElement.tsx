import { useCallback, useRef, useState } from "preact/hooks";
import type { Option } from "../api/blocks";
import { plain } from "../blocks/text";
import { useStore } from "../state/context";
import { Icon } from "../ui/Icon";
import type { Store } from "../state/store";
import { OptionList } from "./OptionList";
import { holdsIds, selectKind, type SelectKind } from "./selectKind";
import { Unacked } from "./Unacked";
import { useElement, type ElementProps } from "./useElement";

export function SelectElement(props: ElementProps) {
  const { element, blockId } = props;
  const store = useStore();
  const kind = selectKind(element.type)!;
  const { value, change, pending, failure } = useElement(props);
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);
  const chosen = chosenValues(value[kind.field]);
  const labels = chosenLabels(store, kind, value[kind.field]);

  const pick = (option: Option) => {
    if (!kind.multi) {
      setOpen(false);
      anchor.current?.focus();
      void change({ [kind.field]: holdsIds(kind) ? option.value : option });
      return;
    }
    const on = chosen.includes(option.value);
    if (!on && element.max_selected_items && chosen.length >= element.max_selected_items) return;
    void change({ [kind.field]: toggled(kind, value[kind.field], option, on) });
  };

  return (
    <span class={props.labelledBy ? "element element-wide" : "element"}>
      <button
        ref={anchor}
        type="button"
        class={labels.length ? "select" : "select select-empty"}
        role="combobox"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-labelledby={props.labelledBy}
        aria-describedby={props.describedBy}
        aria-label={props.labelledBy ? undefined : plain(element.placeholder) || "Choose"}
        onClick={() => setOpen(!open)}
      >
        <span class="select-text">{labels.length ? labels.join(", ") : plain(element.placeholder) || "Choose an option"}</span>
        <Icon name="caret" size={16} />
      </button>
      <Unacked pending={pending} failure={failure} />
      {open && (
        <OptionList
          anchor={anchor}
          element={element}
          blockId={blockId}
          kind={kind}
          chosen={chosen}
          onPick={pick}
          onClose={close}
        />
      )}
    </span>
  );
}

function chosenValues(raw: unknown): string[] {
  return [raw ?? []].flat().map((item) => (typeof item === "string" ? item : (item as Option).value));
}

function chosenLabels(store: Store, kind: SelectKind, raw: unknown): string[] {
  return [raw ?? []].flat().map((item) => {
    if (typeof item !== "string") return plain((item as Option).text);
    if (kind.source === "users") return store.user(item)?.real_name ?? item;
    const channel = store.channel(item);
    if (!channel) return item;
    return channel.is_im ? (store.user(channel.user)?.real_name ?? channel.name) : `#${channel.name}`;
  });
}

function toggled(kind: SelectKind, raw: unknown, option: Option, on: boolean): unknown[] {
  const rest = [raw ?? []].flat().filter((item) => (typeof item === "string" ? item : (item as Option).value) !== option.value);
  if (on) return rest;
  return [...rest, holdsIds(kind) ? option.value : option];
}
