import type { Inline } from "./ast";
import { isEmoji } from "./emoji";
import { unescape } from "./entities";
import { parseToken } from "./token";

export interface InlineOptions {
  /** Slack's `verbatim`: bare addresses stay text. */
  verbatim?: boolean;
}

const styles = { "*": "bold", _: "italic", "~": "strike" } as const;
type Marker = keyof typeof styles;

const wordChar = /[\p{L}\p{N}]/u;
const bareUrl = /^https?:\/\/[^\s<>|`]+/;
const shortcode = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/i;

/** Parses text without block structure; line ends become breaks. */
export function parseInline(source: string, options: InlineOptions = {}): Inline[] {
  return new InlineParser(source, options).parse();
}

class InlineParser {
  private readonly out: Inline[] = [];
  private pending = "";
  private at = 0;
  /** Per marker, the line end up to which no closing one exists: keeps hostile input linear. */
  private readonly hopeless = new Map<Marker, number>();

  constructor(
    private readonly source: string,
    private readonly options: InlineOptions,
  ) {}

  parse(): Inline[] {
    while (this.at < this.source.length) {
      if (!this.special(this.source[this.at]!)) this.pending += this.source[this.at++];
    }
    this.flush();
    return this.out;
  }

  /** Consumes a construct that starts here; false leaves the character to be text. */
  private special(char: string): boolean {
    switch (char) {
      case "\n":
        return this.emit({ t: "break" }, 1);
      case "<":
        return this.token();
      case "`":
        return this.code();
      case "*":
      case "_":
      case "~":
        return this.styled(char);
      case ":":
        return this.emoji();
      case "h":
        return this.autolink();
    }
    return false;
  }

  private emit(node: Inline, length: number): boolean {
    this.flush();
    this.out.push(node);
    this.at += length;
    return true;
  }

  private flush(): void {
    if (this.pending) this.out.push({ t: "text", text: unescape(this.pending) });
    this.pending = "";
  }

  private token(): boolean {
    const body = /^<([^<>\n]+)>/.exec(this.source.slice(this.at, this.at + 4000))?.[1];
    const node = body === undefined ? undefined : parseToken(body);
    return node !== undefined && this.emit(node, body!.length + 2);
  }

  private code(): boolean {
    const end = this.source.indexOf("`", this.at + 1);
    const body = end < 0 ? "" : this.source.slice(this.at + 1, end);
    if (body === "" || body.includes("\n")) return false;
    return this.emit({ t: "code", text: codeText(body) }, body.length + 2);
  }

  private styled(marker: Marker): boolean {
    const next = this.source[this.at + 1];
    if (this.isWord(this.at - 1) || next === undefined || /\s/.test(next) || next === marker) return false;
    const end = this.closing(marker);
    if (end === undefined) return false;
    const children = parseInline(this.source.slice(this.at + 1, end), this.options);
    return this.emit({ t: styles[marker], children }, end + 1 - this.at);
  }

  /** The index of the marker's closing twin on this line, outside of code and tokens. */
  private closing(marker: Marker): number | undefined {
    if (this.at < (this.hopeless.get(marker) ?? 0)) return undefined;
    let i = this.at + 1;
    for (; i < this.source.length && this.source[i] !== "\n"; i++) {
      const char = this.source[i];
      if (char === "`" || char === "<") {
        i = this.skip(i, char === "`" ? "`" : ">");
        continue;
      }
      const closes = char === marker && i > this.at + 1 && !/\s/.test(this.source[i - 1]!);
      if (closes && !this.isWord(i + 1)) return i;
    }
    this.hopeless.set(marker, i);
    return undefined;
  }

  private skip(from: number, until: string): number {
    const end = this.source.indexOf(until, from + 1);
    const line = this.source.indexOf("\n", from);
    return end < 0 || (line >= 0 && line < end) ? from : end;
  }

  private isWord(index: number): boolean {
    const char = this.source[index];
    return char !== undefined && wordChar.test(char);
  }

  private emoji(): boolean {
    const match = shortcode.exec(this.source.slice(this.at, this.at + 80));
    if (!match || !isEmoji(match[1]!)) return false;
    return this.emit({ t: "emoji", name: match[1]! }, match[0].length);
  }

  private autolink(): boolean {
    if (this.options.verbatim || this.isWord(this.at - 1)) return false;
    const match = bareUrl.exec(this.source.slice(this.at, this.at + 3000))?.[0].replace(/[.,;:!?)\]'"*_~。，；：！？）」]+$/u, "");
    if (!match || !/^https?:\/\/./.test(match)) return false;
    const url = unescape(match);
    return this.emit({ t: "link", url, label: url }, match.length);
  }
}

/** In code, a link shows its label and nothing else is interpreted. */
export function codeText(source: string): string {
  return unescape(source.replace(/<(?:https?:|mailto:)[^<>|\n]*\|([^<>\n]*)>|<((?:https?:|mailto:)[^<>|\n]*)>/g, "$1$2"));
}
