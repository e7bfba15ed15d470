import table from "virtual:emoji-table";

export function isEmoji(name: string): boolean {
  return Object.hasOwn(table, name.toLowerCase());
}

/** The Unicode emoji of a Slack shortcode (without colons). */
export function emojiChar(name: string): string | undefined {
  const key = name.toLowerCase().replace(/::skin-tone-[2-6]$/, "");
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Shortcodes that match, those that start with the text first. */
export function findEmoji(text: string, limit: number): string[] {
  const wanted = text.toLowerCase();
  const names = Object.keys(table).filter((name) => name.includes(wanted));
  const rank = (name: string) => (name.startsWith(wanted) ? 0 : 1);
  return names.sort((a, b) => rank(a) - rank(b) || a.length - b.length || a.localeCompare(b)).slice(0, limit);
}
