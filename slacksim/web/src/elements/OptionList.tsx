import type { RefObject } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Element, Option } from "../api/blocks";
import { plain, PlainText } from "../blocks/text";
import { Icon } from "../ui/Icon";
import { Popover } from "../ui/Popover";
import { Spinner } from "../ui/Spinner";
import type { SelectKind } from "./selectKind";
import { useOptions } from "./useOptions";

interface Props {
  anchor: RefObject<HTMLElement | null>;
  element: Element;
  blockId: string;
  kind: SelectKind;
  chosen: string[];
  onPick(option: Option): void;
  onClose(): void;
}

/** The open list of a select: a filter field that keeps the focus and a listbox driven by arrows and Enter. */
export function OptionList({ anchor, element, blockId, kind, chosen, onPick, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const { groups, loading, note } = useOptions(element, blockId, kind, typed);
  const flat = groups.flatMap((g) => g.options);
  useLayoutEffect(() => field.current?.focus(), []);
  useEffect(() => document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" }), [active]);

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) setActive((active + step + flat.length) % Math.max(1, flat.length));
    else if (e.key === "Enter" && flat[active]) onPick(flat[active]);
    else if (e.key === "Tab") return onClose();
    else return;
    e.preventDefault();
  };

  let index = -1;
  return (
    <Popover anchor={anchor} onClose={onClose} class="options" fit>
      <div class="options-filter">
        <Icon name="search" size={15} />
        <input
          ref={field}
          value={typed}
          placeholder="Filter"
          aria-label="Filter options"
          aria-controls={id}
          aria-activedescendant={`${id}-${active}`}
          onInput={(e) => {
            setTyped(e.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        {loading && <Spinner />}
      </div>
      <div class="options-list" role="listbox" id={id} aria-multiselectable={kind.multi}>
        {groups.map((group, g) => (
          <div role="group" aria-label={plain(group.label)} key={g}>
            {plain(group.label) && <div class="options-group">{plain(group.label)}</div>}
            {group.options.map((option) => {
              const at = ++index;
              return (
                <OptionRow
                  key={option.value}
                  id={`${id}-${at}`}
                  option={option}
                  active={at === active}
                  chosen={chosen.includes(option.value)}
                  onHover={() => setActive(at)}
                  onPick={() => onPick(option)}
                />
              );
            })}
          </div>
        ))}
        {flat.length === 0 && !loading && <div class="options-none">{note ?? "No matches"}</div>}
      </div>
    </Popover>
  );
}

interface RowProps {
  id: string;
  option: Option;
  active: boolean;
  chosen: boolean;
  onHover(): void;
  onPick(): void;
}

function OptionRow({ id, option, active, chosen, onHover, onPick }: RowProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      class={active ? "option option-active" : "option"}
      onPointerMove={onHover}
      onClick={onPick}
    >
      <span class="option-text">
        <PlainText text={plain(option.text)} />
        {option.description && <small>{plain(option.description)}</small>}
      </span>
      {chosen && <Icon name="check" size={16} />}
    </div>
  );
}
