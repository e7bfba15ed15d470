/** Fills Slack's date tokens, e.g. `{date_short_pretty} at {time}`, in the reader's language and zone. */
export function formatDate(timestamp: number, format: string, now: Date, locale?: string): string {
  const date = new Date(timestamp * 1000);
  return format.replace(/\{(\w+)\}/g, (token, name: string) => fill(name, date, now, locale) ?? token);
}

function fill(name: string, date: Date, now: Date, locale: string | undefined): string | undefined {
  const pretty = name.endsWith("_pretty") ? relativeDay(date, now, locale) : undefined;
  if (pretty) return pretty;
  const show = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options).format(date);
  switch (name.replace(/_pretty$/, "")) {
    case "date_num":
      return new Intl.DateTimeFormat("sv-SE").format(date);
    case "date":
      return show({ year: "numeric", month: "long", day: "numeric" });
    case "date_short":
      return show({ year: "numeric", month: "short", day: "numeric" });
    case "date_long":
      return show({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
    case "time":
      return clockTime(date);
    case "time_secs":
      return clockTime(date, true);
    case "ago":
      return ago(date, now, locale);
  }
  return undefined;
}

export function clockTime(date: Date, seconds = false): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: seconds ? "2-digit" : undefined,
  }).format(date);
}

/** "today", "yesterday" or "tomorrow" in the reader's language, else undefined. */
export function relativeDay(date: Date, now: Date, locale?: string): string | undefined {
  const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  if (Math.abs(days) > 1) return undefined;
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
}

export function ago(date: Date, now: Date, locale?: string): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  const size = Math.abs(seconds);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (size < 60) return relative.format(seconds, "second");
  if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}
