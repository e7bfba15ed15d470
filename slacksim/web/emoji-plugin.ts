import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const moduleId = "virtual:emoji-table";

/** Serves `virtual:emoji-table`: Slack's shortcodes (the iamcal set) to Unicode, without the 570 KB of search data. */
export function emojiTable(): Plugin {
  return {
    name: "emoji-table",
    resolveId: (id) => (id === moduleId ? `\0${moduleId}` : undefined),
    load: (id) => (id === `\0${moduleId}` ? `export default ${JSON.stringify(buildTable())}` : undefined),
  };
}

function buildTable(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const read = (file: string) => JSON.parse(readFileSync(require.resolve(`emojibase-data/en/${file}`), "utf8"));
  const shortcodes: Record<string, string | string[]> = read("shortcodes/iamcal.json");
  const table: Record<string, string> = {};
  for (const emoji of read("compact.json") as { hexcode: string; unicode: string }[]) {
    for (const name of [shortcodes[emoji.hexcode] ?? []].flat()) table[name] = emoji.unicode;
  }
  return table;
}
