import { expect, it } from "vitest";
import { formatDate } from "./date";

const at = new Date(2026, 10, 23, 16, 5, 9);
const stamp = at.getTime() / 1000;
const laterToday = new Date(2026, 10, 23, 18, 5, 9);

it.each([
  ["{date_num} {time}", "en", "2026-11-23 16:05"],
  ["{date_short}", "en", "Nov 23, 2026"],
  ["{date_long}", "en", "Monday, November 23, 2026"],
  ["{date_short_pretty} at {time_secs}", "en", "today at 16:05:09"],
  ["{date_pretty}", "zh-CN", "今天"],
  ["{ago}", "en", "2 hours ago"],
  ["{unknown}", "en", "{unknown}"],
])("%s in %s", (format, locale, want) => expect(formatDate(stamp, format, laterToday, locale)).toBe(want));
