import type { Inline } from "./ast";
import { unescape } from "./entities";
import { safeUrl } from "./links";

/** What stands between `<` and `>`: a mention, a date or a link; undefined if it is none of them. */
export function parseToken(body: string): Inline | undefined {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? undefined : unescape(body.slice(bar + 1)) || undefined;
  switch (target[0]) {
    case "@":
      return { t: "user", id: target.slice(1), label };
    case "#":
      return { t: "channel", id: target.slice(1), label };
    case "!":
      return parseSpecial(target.slice(1), label);
  }
  const url = safeUrl(unescape(target));
  if (url) return { t: "link", url, label: label ?? url.replace(/^mailto:/, "") };
  // A refused scheme keeps its text, so that a person sees what was there.
  return /^[a-z][a-z0-9+.-]*:/i.test(target) ? { t: "text", text: label ?? unescape(target) } : undefined;
}

function parseSpecial(target: string, label: string | undefined): Inline | undefined {
  const [kind = "", ...rest] = target.split("^");
  if (kind === "here" || kind === "channel" || kind === "everyone") return { t: "broadcast", range: kind };
  if (kind === "subteam") return { t: "group", id: rest[0] ?? "", label };
  if (kind !== "date") return undefined;
  const [timestamp = "", format = "", url] = rest;
  if (!/^\d+$/.test(timestamp)) return { t: "text", text: label ?? "" };
  return { t: "date", timestamp: Number(timestamp), format, url: url && safeUrl(unescape(url)), fallback: label ?? "" };
}
