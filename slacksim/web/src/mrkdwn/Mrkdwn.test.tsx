import { render } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import { Markdown } from "../markdown/Markdown";
import { Mrkdwn } from "./Mrkdwn";

const attacks = [
  "<script>alert(1)</script>",
  "&lt;img src=x onerror=alert(1)&gt;",
  '<https://a.b/"onmouseover="alert(1)|x>',
  "<https://a.b|<img src=x>>",
  "<javascript:alert(1)|x>",
  "```</pre><script>alert(1)</script>```",
  "`</code><img src=x onerror=alert(1)>`",
  "> <svg onload=alert(1)>",
  "• *<iframe src=//evil>*",
  "[x](javascript:alert(1))",
  "![x](https://evil.example/x.png)",
  '<a href="javascript:alert(1)">x</a>',
  "<!date^1^<script>^javascript:alert(1)|</time><script>>",
];

/** Every tag that could run or load something, every event handler, every link that is not plain web or mail. */
function dangers(html: string): string[] {
  const tags = html.match(/<(?:script|img|iframe|object|embed|style|link)\b/gi) ?? [];
  const attributes = html.match(/<[^>]*?\s(?:on\w+=|href="(?!https?:|mailto:))/gi) ?? [];
  return [...tags, ...attributes];
}

describe.each(attacks)("untrusted text %j", (attack) => {
  it("is inert as mrkdwn", () => expect(dangers(render(<Mrkdwn text={attack} />))).toEqual([]));
  it("is inert as a markdown block", () => expect(dangers(render(<Markdown text={attack} />))).toEqual([]));
});

it("still shows what was written", () => {
  expect(render(<Mrkdwn text="<script>alert(1)</script>" />)).toContain("&lt;script>alert(1)&lt;/script>");
});

it("notices what it forbids", () => {
  expect(dangers('<img src=x><a class="y" href="javascript:x"><b onclick="z">')).toHaveLength(3);
});
