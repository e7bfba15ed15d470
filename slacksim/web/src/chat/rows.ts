import type { Message } from "../api/types";

/** How messages stand in a list: what separates them and which continue the one above. */
export interface Row {
  message: Message;
  day?: Date;
  isNew: boolean;
  continues: boolean;
}

const groupSeconds = 5 * 60;

export function dateOf(ts: string): Date {
  return new Date(Number(ts) * 1000);
}

export function buildRows(messages: Message[], newLine: string | undefined): Row[] {
  return messages.map((message, i) => {
    const above = messages[i - 1];
    const date = dateOf(message.ts);
    const newDay = !above || dateOf(above.ts).toDateString() !== date.toDateString();
    const isNew = message.ts === newLine;
    const continues = above !== undefined && !newDay && !isNew && belongsTo(above, message);
    return { message, day: newDay ? date : undefined, isNew, continues };
  });
}

function belongsTo(above: Message, message: Message): boolean {
  return (
    above.user === message.user &&
    above.bot_name === message.bot_name &&
    Boolean(above.ephemeral) === Boolean(message.ephemeral) &&
    (above.subtype ?? "") === (message.subtype ?? "") &&
    !above.reply_count &&
    Number(message.ts) - Number(above.ts) < groupSeconds
  );
}
