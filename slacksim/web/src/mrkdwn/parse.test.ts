import { describe, expect, it } from "vitest";
import type { Inline, Node } from "./ast";
import { parseInline } from "./inline";
import { parseMrkdwn } from "./parse";

const text = (t: string): Inline => ({ t: "text", text: t });

describe("parseInline", () => {
  const cases: [source: string, want: Inline[]][] = [
    ["plain", [text("plain")]],
    ["a &amp; b &lt;c&gt;", [text("a & b <c>")]],
    ["*bold* _it_ ~no~", [
      { t: "bold", children: [text("bold")] }, text(" "), { t: "italic", children: [text("it")] }, text(" "), { t: "strike", children: [text("no")] },
    ]],
    ["*a _b_*", [{ t: "bold", children: [text("a "), { t: "italic", children: [text("b")] }] }]],
    ["2*3*4 snake_case_name", [text("2*3*4 snake_case_name")]],
    ["* not bold * and *open", [text("* not bold * and *open")]],
    ["*a\nb*", [text("*a"), { t: "break" }, text("b*")]],
    ["中文*粗*中文", [text("中文*粗*中文")]],
    ["（*粗*）", [text("（"), { t: "bold", children: [text("粗")] }, text("）")]],
    ["`*x* <b>`", [{ t: "code", text: "*x* <b>" }]],
    ["*`a*b` c*", [{ t: "bold", children: [{ t: "code", text: "a*b" }, text(" c")] }]],
    ["<@U1> <@U2|ann> <#C1|ops> <!subteam^S1|@dba> <!here>", [
      { t: "user", id: "U1", label: undefined }, text(" "), { t: "user", id: "U2", label: "ann" }, text(" "),
      { t: "channel", id: "C1", label: "ops" }, text(" "), { t: "group", id: "S1", label: "@dba" }, text(" "), { t: "broadcast", range: "here" },
    ]],
    ["<https://a.b/?x=1&amp;y=2|a &lt;label&gt;>", [{ t: "link", url: "https://a.b/?x=1&y=2", label: "a <label>" }]],
    ["<mailto:a@b.c>", [{ t: "link", url: "mailto:a@b.c", label: "a@b.c" }]],
    ["see https://a.b/c.", [text("see "), { t: "link", url: "https://a.b/c", label: "https://a.b/c" }, text(".")]],
    [":tada: :nope:", [{ t: "emoji", name: "tada" }, text(" :nope:")]],
    ["<!date^1700000000^{date}|then>", [{ t: "date", timestamp: 1700000000, format: "{date}", url: undefined, fallback: "then" }]],
    ["<!date^soon^{date}|then>", [text("then")]],
  ];
  it.each(cases)("%j", (source, want) => expect(parseInline(source)).toEqual(want));

  it("leaves bare addresses alone when verbatim", () => {
    expect(parseInline("https://a.b", { verbatim: true })).toEqual([text("https://a.b")]);
  });

  it("refuses schemes that run code, but shows their text", () => {
    for (const url of ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x"]) {
      expect(parseInline(`<${url}|click>`)).toEqual([text("click")]);
    }
  });

  it("stays fast on markers that never close", () => {
    const hostile = "*a _b ~c ".repeat(20_000);
    const started = performance.now();
    parseInline(hostile);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("parseMrkdwn", () => {
  const kinds = (source: string) => parseMrkdwn(source).map((n: Node) => n.t);

  it("keeps a fence as it is", () => {
    expect(parseMrkdwn("before\n```\na *b*\n  &lt;c&gt;\n```\nafter")).toEqual([
      { t: "paragraph", children: [text("before")] },
      { t: "pre", text: "a *b*\n  <c>" },
      { t: "paragraph", children: [text("after")] },
    ]);
  });

  it("shows a link's label in code", () => {
    expect(parseMrkdwn("```<http://a.b|a.b> <@U1>```")).toEqual([{ t: "pre", text: "a.b <@U1>" }]);
  });

  it("groups quotes, lists and paragraphs", () => {
    expect(kinds("&gt; q1\n&gt; q2\ntext\n• a\n    • b\n1. c\nend")).toEqual(["quote", "paragraph", "list", "paragraph"]);
  });

  it("quotes everything after >>>", () => {
    expect(kinds("a\n&gt;&gt;&gt;b\n- c")).toEqual(["paragraph", "quote"]);
  });

  it("takes an unclosed fence as text", () => {
    expect(kinds("```open")).toEqual(["paragraph"]);
  });
});
