// What opsbot answers with is looked at in a real browser as wide as a phone: nothing of a table may be cut off. The messages are
// those that bot/render draws (go test ./bot/render -run OnAPhone -update).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, open } from "./page.mjs";

const messages = JSON.parse(await readFile(new URL("../../../bot/render/testdata/phone.json", import.meta.url), "utf8"));
let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const place of [
  { name: "a phone", width: 390 },
  { name: "a phone in dark mode", width: 390, colorScheme: "dark" },
  { name: "a thread on a phone", width: 390, inThread: true },
  { name: "a desktop", width: 1440 },
]) {
  test(`nothing of a table is cut off on ${place.name}`, async () => {
    const page = await open(browser, { ...place, messages });
    const pane = place.inThread ? ".thread" : ".messages-content";
    assert.equal(await page.locator(`${pane} table.table`).count(), messages.filter((m) => m.blocks.some((b) => b.type === "table")).length);
    assert.deepEqual(await page.evaluate(cutOff, pane), []);
    await page.context().close();
  });
}

test("what is cut off is found", async () => {
  const blocks = [{ type: "table", rows: [[{ type: "raw_text", text: "not wrapped ".repeat(20) }]] }];
  const page = await open(browser, { width: 390, messages: [{ text: "wide", blocks }] });
  assert.notDeepEqual(await page.evaluate(cutOff, ".messages-content"), []);
});

test("a table that no screen has room for can be scrolled to", async () => {
  const cell = (text) => ({ type: "raw_text", text });
  const rows = [1, 2].map((r) => Array.from({ length: 20 }, (_, i) => cell(`column-${r}-${i}`)));
  const page = await open(browser, { width: 390, messages: [{ text: "wide", blocks: [{ type: "table", rows }] }] });
  const box = page.locator(".table-scroll");
  const { shown, all, page: body } = await box.evaluate((e) => ({ shown: e.clientWidth, all: e.scrollWidth, page: document.documentElement.scrollWidth }));
  assert.ok(all > shown, `${all} > ${shown}`);
  assert.equal(body, 390, "the page itself does not scroll");
  await box.focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector(".table-scroll").scrollLeft > 0);
});

/** Runs in the page: the text of whatever in the pane sticks out of the window or of its own box. */
function cutOff(selector) {
  const pane = document.querySelector(selector);
  const cut = [];
  for (const box of pane.querySelectorAll(".table-scroll, .codeblock, .blocks")) {
    if (box.scrollWidth > box.clientWidth) cut.push(`${box.className}: ${box.textContent.slice(0, 60)}`);
  }
  for (const cell of pane.querySelectorAll(".table th, .table td, .codeblock, .blocks .mrkdwn")) {
    const { left, right } = cell.getBoundingClientRect();
    const frame = cell.closest(".table-scroll, .blocks").getBoundingClientRect();
    if (left < frame.left - 1 || right > frame.right + 1 || right > innerWidth || cell.scrollWidth > cell.clientWidth + 1) {
      cut.push(`${cell.tagName}: ${cell.textContent.slice(0, 60)}`);
    }
  }
  return cut;
}
