import { clockTime } from "../mrkdwn/date";
import { dateOf } from "./rows";

export function MessageTime({ ts, short = false }: { ts: string; short?: boolean }) {
  const date = dateOf(ts);
  return (
    <time class={short ? "message-time message-time-short" : "message-time"} dateTime={date.toISOString()} title={date.toLocaleString()}>
      {clockTime(date)}
    </time>
  );
}
