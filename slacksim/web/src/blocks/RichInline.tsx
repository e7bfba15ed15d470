import { Fragment, type ComponentChildren } from "preact";
import type { RichElement } from "../api/blocks";
import { Code } from "../mrkdwn/Code";
import { DateToken } from "../mrkdwn/DateToken";
import { emojiChar } from "../mrkdwn/emoji";
import { Emoji } from "../mrkdwn/Emoji";
import { Link } from "../mrkdwn/Link";
import { BroadcastMention, ChannelMention, GroupMention, UserMention } from "../mrkdwn/Mention";

export function RichInlines({ elements }: { elements: RichElement[] }) {
  return (
    <>
      {elements.map((element, i) => (
        <Fragment key={i}>{styled(element, inner(element))}</Fragment>
      ))}
    </>
  );
}

function inner(e: RichElement): ComponentChildren {
  switch (e.type) {
    case "text":
      return lines(e.text ?? "");
    case "link":
      return <Link url={e.url ?? ""}>{e.text || e.url}</Link>;
    case "user":
      return <UserMention id={e.user_id ?? ""} />;
    case "channel":
      return <ChannelMention id={e.channel_id ?? ""} />;
    case "usergroup":
      return <GroupMention id={e.usergroup_id ?? ""} />;
    case "broadcast":
      return <BroadcastMention range={e.range ?? "here"} />;
    case "emoji":
      return emojiChar(e.name ?? "") ? <Emoji name={e.name!} /> : fromHex(e.unicode) ?? `:${e.name}:`;
    case "date":
      return <DateToken timestamp={e.timestamp ?? 0} format={e.format ?? "{date}"} url={e.url} fallback={e.fallback ?? ""} />;
    case "color":
      return <ColorChip value={e.value ?? ""} />;
    default:
      return e.text ?? e.fallback ?? "";
  }
}

function lines(text: string): ComponentChildren {
  return text.split("\n").map((line, i) => (
    <Fragment key={i}>
      {i > 0 && <br />}
      {line}
    </Fragment>
  ));
}

function styled({ style, text = "" }: RichElement, content: ComponentChildren): ComponentChildren {
  if (!style || typeof style === "string") return content;
  let out = content;
  if (style.code) out = <Code text={text}>{out}</Code>;
  if (style.bold) out = <strong>{out}</strong>;
  if (style.italic) out = <em>{out}</em>;
  if (style.strike) out = <s>{out}</s>;
  if (style.underline) out = <u>{out}</u>;
  return out;
}

function fromHex(unicode: string | undefined): string | undefined {
  const points = unicode?.split("-").map((hex) => parseInt(hex, 16));
  return points?.every((p) => p > 0 && p <= 0x10ffff) ? String.fromCodePoint(...points) : undefined;
}

function ColorChip({ value }: { value: string }) {
  return (
    <Code text={value}>
      {value} <span class="color-chip" style={{ backgroundColor: value }} />
    </Code>
  );
}
