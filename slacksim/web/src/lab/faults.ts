import type { Faults } from "../api/types";

export interface Fault {
  key: keyof Faults;
  title: string;
  note: string;
  /** What is posted to set it; a fault without `off` passes by itself. */
  on: Partial<Faults>;
  off?: Partial<Faults>;
}

export const faults: Fault[] = [
  { key: "drop_sockets", title: "Drop sockets", note: "Every Socket Mode connection ends now.", on: { drop_sockets: true } },
  { key: "half_open", title: "Half-open link", note: "No more pings or events, the connection stays up.", on: { half_open: true }, off: { half_open: false } },
  { key: "offline", title: "Slack is down", note: "API and sockets are unreachable.", on: { offline: true }, off: { offline: false } },
  { key: "rate_limit", title: "429 burst", note: "The next 10 API calls are rate-limited.", on: { rate_limit: 10 }, off: { rate_limit: 0 } },
  { key: "http_5xx", title: "HTTP 500", note: "The next 5 API calls fail.", on: { http_5xx: 5 }, off: { http_5xx: 0 } },
  { key: "accept_then_timeout", title: "Post, then time out", note: "The next message is posted, but the app sees an error.", on: { accept_then_timeout: 1 }, off: { accept_then_timeout: 0 } },
  { key: "delay_ms", title: "Slow API", note: "Each call takes 2 seconds longer.", on: { delay_ms: 2000 }, off: { delay_ms: 0 } },
];
