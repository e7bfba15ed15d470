export interface SelectKind {
  source: "static" | "external" | "users" | "channels" | "conversations";
  multi: boolean;
  /** The field of the value: `selected_option`, `selected_users`, … */
  field: string;
}

const fields = {
  static: "selected_option",
  external: "selected_option",
  users: "selected_user",
  channels: "selected_channel",
  conversations: "selected_conversation",
} as const;

/** What kind of select an element type is, or undefined if it is none. */
export function selectKind(type: string): SelectKind | undefined {
  const match = /^(multi_)?(static|external|users|channels|conversations)_select$/.exec(type);
  if (!match) return undefined;
  const source = match[2] as SelectKind["source"];
  const multi = match[1] !== undefined;
  return { source, multi, field: fields[source] + (multi ? "s" : "") };
}

/** Whether the value holds bare ids instead of option objects. */
export function holdsIds(kind: SelectKind): boolean {
  return kind.source !== "static" && kind.source !== "external";
}
