import { Fragment } from "preact";
import type { Text } from "../api/blocks";
import { unescape } from "../mrkdwn/entities";
import { isEmoji } from "../mrkdwn/emoji";
import { Emoji } from "../mrkdwn/Emoji";
import { Mrkdwn } from "../mrkdwn/Mrkdwn";

/** A text object, plain or mrkdwn. */
export function TextObject({ text }: { text: Text | string | undefined }) {
  if (!text) return null;
  if (typeof text === "string") return <PlainText text={text} />;
  if (text.type === "mrkdwn") return <Mrkdwn text={text.text} verbatim={text.verbatim} />;
  return <PlainText text={text.text} emoji={text.emoji !== false} />;
}

/** plain_text: nothing but emoji shortcodes and line ends has a meaning. */
export function PlainText({ text, emoji = true }: { text: string; emoji?: boolean }) {
  return (
    <>
      {unescape(text)
        .split("\n")
        .map((line, i) => (
          <Fragment key={i}>
            {i > 0 && <br />}
            {emoji ? <WithEmoji line={line} /> : line}
          </Fragment>
        ))}
    </>
  );
}

function WithEmoji({ line }: { line: string }) {
  return (
    <>
      {line.split(/(:[a-z0-9_+'-]+:)/gi).map((part, i) => {
        const name = i % 2 === 1 ? part.slice(1, -1) : undefined;
        return name && isEmoji(name) ? <Emoji key={i} name={name} /> : part;
      })}
    </>
  );
}

/** The bare string of a text object, for labels and tooltips. */
export function plain(text: Text | string | null | undefined): string {
  return !text ? "" : unescape(typeof text === "string" ? text : text.text);
}
