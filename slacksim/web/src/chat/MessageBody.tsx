import { useState } from "preact/hooks";
import type { Message, Values } from "../api/types";
import { Blocks } from "../blocks/Blocks";
import { SurfaceContext, type Surface } from "../blocks/surface";
import { Mrkdwn } from "../mrkdwn/Mrkdwn";
import { Attachments } from "./Attachments";

/** Blocks if there are any, else the text; the text of a message with blocks is for notifications only (SF-4.72). */
export function MessageBody({ message }: { message: Message }) {
  const surface = useMessageSurface(message);
  const blocks = message.blocks ?? [];
  return (
    <SurfaceContext.Provider value={surface}>
      <div class="message-body">
        {blocks.length > 0 ? <Blocks blocks={blocks} /> : <MessageText message={message} />}
        <Attachments attachments={message.attachments ?? []} />
        {message.edited && <span class="edited">(edited)</span>}
      </div>
    </SurfaceContext.Provider>
  );
}

function MessageText({ message }: { message: Message }) {
  if (message.subtype === "slash_command") return <code class="typed-command">{message.text}</code>;
  if (!message.text) return null;
  if (/^(channel|group)_/.test(message.subtype ?? "")) {
    return (
      <div class="message-context">
        <Mrkdwn text={message.text} />
      </div>
    );
  }
  return <Mrkdwn text={message.text} />;
}

function useMessageSurface(message: Message): Surface {
  const [values, setValues] = useState<Values>({});
  return {
    container: { type: "message", channel: message.channel, ts: message.ts, ephemeral: message.ephemeral },
    values,
    errors: {},
    change: (block, action, value) =>
      setValues((all) => ({ ...all, [block]: { ...all[block], [action]: value } })),
  };
}
