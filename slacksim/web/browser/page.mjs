// Opens the built page in Chromium with messages of one's own and no server: every request is answered here.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { chromium } from "playwright-core";
import { channels, users } from "../mock/people.mjs";

const dist = new URL("../dist/", import.meta.url);
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? paths.find((path) => existsSync(path));
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
}

/** Shows messages, oldest first, in #ops; with inThread, the later ones in the thread of the first. */
export async function open(browser, { width, height = 844, colorScheme = "light", messages, inThread = false }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, deviceScaleFactor: 2, timezoneId: "UTC", locale: "en-GB", reducedMotion: "reduce" });
  const page = await context.newPage();
  const ts = (i) => (1_700_000_000 + i).toFixed(6);
  const list = messages.map((message, i) => ({ ts: ts(i), channel: "C0OPS", user: "U0BOT", ...message, ...(inThread && { thread_ts: ts(0) }) }));
  await page.route("http://page.test/**", (route) => answer(route, list, inThread));
  await page.goto(`http://page.test/?user=U0SYS&channel=C0OPS${inThread ? `&thread=${ts(0)}` : ""}`);
  await page.waitForSelector(inThread ? ".thread .message" : ".messages-content .message");
  await page.evaluate(() => document.fonts.ready);
  return page;
}

async function answer(route, messages, inThread) {
  const url = new URL(route.request().url());
  const json = (body) => route.fulfill({ json: body });
  switch (url.pathname) {
    case "/ui/state":
      return json({ team: { id: "T0", name: "Acme Commerce" }, me: users[0], users, channels, commands: [], panel: [], faults: {}, connections: 1, app: { id: "A0", name: "opsbot", bot_user: "U0BOT" } });
    case "/ui/messages":
      return json({ messages: inThread && !url.searchParams.get("thread_ts") ? messages.slice(0, 1) : messages, has_more: false });
    case "/ui/events":
      return route.fulfill({ contentType: "text/event-stream", body: ": hello\n\n" });
  }
  if (url.pathname.startsWith("/ui/")) return json({});
  const file = url.pathname === "/" ? "index.html" : url.pathname.slice(1);
  return route.fulfill({ contentType: types[extname(file)] ?? "application/octet-stream", body: await readFile(new URL(file, dist)) });
}
