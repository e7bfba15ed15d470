// Block Kit as posted. Fields are optional where the page must not fall over on what it does not know.

export interface Text {
  type: "plain_text" | "mrkdwn";
  text: string;
  verbatim?: boolean;
  emoji?: boolean;
}

export interface Confirm {
  title?: Text;
  text?: Text;
  confirm?: Text;
  deny?: Text;
  style?: "primary" | "danger";
}

export interface Option {
  text: Text;
  value: string;
  description?: Text;
  url?: string;
}

export interface OptionGroup {
  label: Text;
  options: Option[];
}

export interface Element {
  type: string;
  action_id?: string;
  text?: Text | string;
  value?: string;
  url?: string;
  style?: "primary" | "danger";
  confirm?: Confirm;
  accessibility_label?: string;
  placeholder?: Text;
  options?: Option[];
  option_groups?: OptionGroup[];
  initial_option?: Option;
  initial_options?: Option[];
  initial_value?: string;
  initial_user?: string;
  initial_users?: string[];
  initial_channel?: string;
  initial_channels?: string[];
  initial_conversation?: string;
  initial_conversations?: string[];
  initial_date?: string;
  initial_time?: string;
  initial_date_time?: number;
  min_query_length?: number;
  max_selected_items?: number;
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  min_value?: string;
  max_value?: string;
  is_decimal_allowed?: boolean;
  focus_on_load?: boolean;
  dispatch_action_config?: { trigger_actions_on?: string[] };
  image_url?: string;
  alt_text?: string;
  icon?: string;
  positive_button?: FeedbackButton;
  negative_button?: FeedbackButton;
}

export interface FeedbackButton {
  text: Text;
  value: string;
  accessibility_label?: string;
}

export interface RichStyle {
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  underline?: boolean;
  code?: boolean;
}

export interface RichElement {
  type: string;
  text?: string;
  url?: string;
  style?: RichStyle | string;
  user_id?: string;
  channel_id?: string;
  usergroup_id?: string;
  range?: string;
  name?: string;
  unicode?: string;
  timestamp?: number;
  format?: string;
  fallback?: string;
  value?: string;
  team_id?: string;
  indent?: number;
  offset?: number;
  border?: number;
  elements?: RichElement[];
}

export interface TableCell extends RichElement {
  value?: string;
}

export interface Block {
  type: string;
  block_id?: string;
  text?: Text | string;
  fields?: Text[];
  accessory?: Element;
  expand?: boolean;
  elements?: (Element | Text | RichElement)[];
  element?: Element;
  label?: Text;
  hint?: Text;
  optional?: boolean;
  dispatch_action?: boolean;
  level?: number | string;
  title?: Text | string;
  image_url?: string;
  alt_text?: string;
  slack_file?: { url?: string; id?: string };
  caption?: string;
  rows?: (TableCell | null)[][];
  column_settings?: ({ align?: "left" | "center" | "right"; is_wrapped?: boolean } | null)[];
  [other: string]: unknown;
}
