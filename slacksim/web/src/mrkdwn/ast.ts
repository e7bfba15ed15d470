// What mrkdwn text means, free of markup: the renderer turns it into elements, so no text can become HTML.

export type Inline =
  | { t: "text"; text: string }
  | { t: "break" }
  | { t: "bold" | "italic" | "strike"; children: Inline[] }
  | { t: "code"; text: string }
  | { t: "link"; url: string; label: string }
  | { t: "user" | "channel" | "group"; id: string; label?: string }
  | { t: "broadcast"; range: string }
  | { t: "emoji"; name: string }
  | { t: "date"; timestamp: number; format: string; url?: string; fallback: string };

export interface ListItem {
  marker: string;
  level: number;
  children: Inline[];
}

export type Node =
  | { t: "paragraph"; children: Inline[] }
  | { t: "pre"; text: string }
  | { t: "quote"; children: Node[] }
  | { t: "list"; items: ListItem[] };
