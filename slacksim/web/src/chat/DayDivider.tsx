import { relativeDay } from "../mrkdwn/date";
import { useNow } from "../ui/useNow";

export function DayDivider({ date }: { date: Date }) {
  const now = useNow();
  const near = relativeDay(date, now, "en");
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const far = new Intl.DateTimeFormat("en", { weekday: "long", month: "long", day: "numeric", year }).format(date);
  return (
    <div class="day" role="separator">
      <span>{near ? near[0]!.toUpperCase() + near.slice(1) : far}</span>
    </div>
  );
}
