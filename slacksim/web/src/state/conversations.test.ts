import { describe, expect, it } from "vitest";
import type { Message } from "../api/types";
import { addMessage, changeMessage, deleteMessage, threadKey, type Conversations } from "./conversations";

const message = (ts: string, more: Partial<Message> = {}): Message => ({ ts, channel: "C", user: "U", text: ts, ...more });
const loaded = (...messages: Message[]): Conversations =>
  new Map([
    ["C", { messages, hasMore: false }],
    [threadKey("C", "1"), { messages: [messages[0]!], hasMore: false }],
  ]);
const tsOf = (all: Conversations, key: string) => all.get(key)!.messages.map((m) => m.ts);

describe("addMessage", () => {
  it("keeps the order by ts and does not repeat", () => {
    const all = addMessage(addMessage(loaded(message("1"), message("3")), message("2")), message("2"));
    expect(tsOf(all, "C")).toEqual(["1", "2", "3"]);
  });

  it("puts a reply into its thread and counts it at the root", () => {
    const all = addMessage(loaded(message("1")), message("2", { thread_ts: "1", user: "V" }));
    expect(tsOf(all, "C")).toEqual(["1"]);
    expect(tsOf(all, threadKey("C", "1"))).toEqual(["1", "2"]);
    expect(all.get("C")!.messages[0]).toMatchObject({ reply_count: 1, reply_users: ["V"], latest_reply: "2" });
  });

  it("does not count a reply that the server has counted", () => {
    const root = message("1", { reply_count: 1, latest_reply: "2" });
    const all = addMessage(loaded(root), message("2", { thread_ts: "1" }));
    expect(all.get("C")!.messages[0]!.reply_count).toBe(1);
  });

  it("shows a broadcast reply in both places", () => {
    const all = addMessage(loaded(message("1")), message("2", { thread_ts: "1", subtype: "thread_broadcast" }));
    expect(tsOf(all, "C")).toEqual(["1", "2"]);
  });
});

it("changes and deletes wherever the message shows", () => {
  const changed = changeMessage(loaded(message("1")), message("1", { text: "new" }));
  expect(changed.get("C")!.messages[0]!.text).toBe("new");
  expect(changed.get(threadKey("C", "1"))!.messages[0]!.text).toBe("new");
  expect(tsOf(deleteMessage(changed, "C", "1"), threadKey("C", "1"))).toEqual([]);
});
