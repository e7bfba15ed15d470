import { plain } from "../blocks/text";
import { Unacked } from "./Unacked";
import { useElement, type ElementProps } from "./useElement";

const kinds = {
  datepicker: { input: "date", field: "selected_date" },
  timepicker: { input: "time", field: "selected_time" },
  datetimepicker: { input: "datetime-local", field: "selected_date_time" },
} as const;

/** The three pickers, each the browser's own. */
export function DateTimeElement(props: ElementProps) {
  const { element } = props;
  const { value, change, pending, failure } = useElement(props);
  const kind = kinds[element.type as keyof typeof kinds];
  const raw = value[kind.field];
  const shown = kind.input === "datetime-local" ? fromUnix(raw) : ((raw as string | null) ?? "");
  const pick = (text: string) => {
    const picked = kind.input === "datetime-local" ? toUnix(text) : text || null;
    void change({ [kind.field]: picked });
  };
  return (
    <span class="element">
      <input
        class="text-input date-input"
        type={kind.input}
        value={shown}
        aria-label={props.labelledBy ? undefined : plain(element.placeholder) || element.type}
        aria-labelledby={props.labelledBy}
        aria-describedby={props.describedBy}
        onChange={(e) => pick(e.currentTarget.value)}
      />
      <Unacked pending={pending} failure={failure} />
    </span>
  );
}

function fromUnix(value: unknown): string {
  if (typeof value !== "number") return "";
  const date = new Date(value * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function toUnix(text: string): number | null {
  return text ? Math.floor(new Date(text).getTime() / 1000) : null;
}
