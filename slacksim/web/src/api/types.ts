// The objects of API.md.
import type { Block, Text } from "./blocks";

export interface User {
  id: string;
  name: string;
  real_name: string;
  title: string;
  color: string;
  is_bot: boolean;
  locale?: string;
  deactivated?: boolean;
}

export interface Channel {
  id: string;
  name: string;
  is_private: boolean;
  is_im: boolean;
  user?: string;
  topic?: string;
  members?: string[];
  archived?: boolean;
  unread?: number;
  mentions?: number;
}

export interface Reaction {
  name: string;
  users: string[];
}

export interface FileInfo {
  id: string;
  name: string;
  title?: string;
  mimetype: string;
  size: number;
  url: string;
  preview?: string;
}

export interface Attachment {
  color?: string;
  fallback?: string;
  pretext?: string;
  author_name?: string;
  title?: string;
  title_link?: string;
  text?: string;
  fields?: { title?: string; value?: string; short?: boolean }[];
  footer?: string;
  image_url?: string;
  blocks?: Block[];
}

export interface Message {
  ts: string;
  channel: string;
  user: string;
  bot_name?: string;
  text: string;
  blocks?: Block[] | null;
  attachments?: Attachment[] | null;
  thread_ts?: string;
  reply_count?: number;
  reply_users?: string[] | null;
  latest_reply?: string;
  edited?: boolean | object | null;
  ephemeral?: boolean;
  subtype?: string;
  reactions?: Reaction[] | null;
  files?: FileInfo[] | null;
  pinned?: boolean;
}

export interface View {
  id: string;
  type: "modal" | "home";
  title?: Text;
  blocks: Block[];
  submit?: Text | null;
  close?: Text | null;
  callback_id?: string;
  state?: { values?: Values };
  hash?: string;
  root_view_id?: string;
  previous_view_id?: string | null;
}

/** One element's value as Slack's `state.values` has it, e.g. `{type: "plain_text_input", value: "x"}`. */
export interface ElementValue {
  type: string;
  [field: string]: unknown;
}

/** block_id → action_id → value. */
export type Values = Record<string, Record<string, ElementValue>>;

export interface Shortcut {
  name: string;
  type: "message" | "global";
  callback_id: string;
}

export interface AppInfo {
  id: string;
  name: string;
  bot_user: string;
  home_enabled: boolean;
  shortcuts?: Shortcut[] | null;
}

export interface Command {
  command: string;
  description: string;
  usage_hint?: string;
}

export interface Faults {
  drop_sockets?: boolean;
  delay_ms?: number;
  rate_limit?: number;
  http_5xx?: number;
  accept_then_timeout?: number;
  half_open?: boolean;
  offline?: boolean;
}

export interface PanelAction {
  id: string;
  title: string;
  description?: string;
  style?: "" | "danger" | "primary";
}

export interface PanelGroup {
  title: string;
  actions: PanelAction[];
}

export interface WorkspaceState {
  team: { id: string; name: string };
  me: User;
  users: User[];
  channels: Channel[];
  app: AppInfo;
  commands?: Command[] | null;
  faults?: Faults | null;
  panel?: PanelGroup[] | null;
  connections: number;
}

export type Container =
  | { type: "message"; channel: string; ts: string; ephemeral?: boolean }
  | { type: "view"; view_id: string };

export interface SubmitAnswer {
  response_action?: "close" | "errors" | "update" | "push" | "clear";
  errors?: Record<string, string>;
  error?: string;
}

export type ServerEvent =
  | { type: "message" | "message_changed"; channel: string; message: Message }
  | { type: "message_deleted"; channel: string; ts: string }
  | { type: "channel"; channel: Channel }
  | { type: "user"; user: User }
  | { type: "view"; view: View }
  | { type: "view_gone"; view_id: string }
  | { type: "home"; view: View }
  | { type: "typing_status"; channel: string; text: string }
  | { type: "connections"; n: number }
  | { type: "faults"; faults: Faults }
  | { type: "panel"; groups: PanelGroup[] };
