import { useStore } from "../state/context";
import { useNow } from "../ui/useNow";
import { formatDate } from "./date";
import { Link } from "./Link";

interface Props {
  timestamp: number;
  format: string;
  url?: string;
  fallback: string;
}

/** `<!date^…>`, in the language of the person being played. */
export function DateToken({ timestamp, format, url, fallback }: Props) {
  const locale = useStore().me.locale;
  const now = useNow();
  const date = new Date(timestamp * 1000);
  const text = formatDate(timestamp, format, now, locale) || fallback;
  const time = (
    <time class="date" dateTime={date.toISOString()} title={date.toLocaleString(locale)}>
      {text}
    </time>
  );
  return url ? <Link url={url}>{time}</Link> : time;
}
