// Takes pictures of the page: node shot/shot.mjs --url http://127.0.0.1:PORT --user U… --channel C… [--thread ts | --page home] [--out folder]
// Names work as well as ids for user and channel. See README.md for all options.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8901" },
    user: { type: "string" },
    channel: { type: "string" },
    thread: { type: "string" },
    /** home for the app's Home tab. */
    page: { type: "string" },
    out: { type: "string", default: "shots" },
    name: { type: "string", default: "page" },
    /** Which of desktop-light, desktop-dark, mobile-light, mobile-dark; all of them by default. */
    only: { type: "string", multiple: true },
    timezone: { type: "string", default: "UTC" },
    scale: { type: "string", default: "2" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});

const sizes = { desktop: { width: 1440, height: 900 }, mobile: { width: 390, height: 844 } };
const variants = Object.keys(sizes).flatMap((size) => ["light", "dark"].map((scheme) => ({ name: `${size}-${scheme}`, size, scheme })));

/** The page's address takes ids only, so names are looked up first. */
async function pageAddress() {
  const state = async (user) => (await fetch(`${options.url}/ui/state?${new URLSearchParams(user ? { user } : {})}`)).json();
  const { users = [], me } = await state();
  const user = users.find((u) => [u.id, u.name, u.real_name].includes(options.user)) ?? me;
  const { channels = [] } = await state(user?.id ?? options.user);
  const channel = channels.find((c) => [c.id, c.name].includes(options.channel));
  const place = { user: user?.id ?? options.user, channel: channel?.id ?? options.channel, thread: options.thread, page: options.page };
  return `${options.url}/?${new URLSearchParams(Object.entries(place).filter(([, value]) => value))}`;
}

async function shoot(browser, address, variant) {
  const context = await browser.newContext({
    viewport: sizes[variant.size],
    deviceScaleFactor: Number(options.scale),
    colorScheme: variant.scheme,
    timezoneId: options.timezone,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`page error: ${error.message}`));
  await page.goto(address);
  await page.waitForSelector(".messages-content .message, .home-body", { timeout: 15_000 });
  if (options.thread) await page.waitForSelector(".thread .message", { timeout: 15_000 });
  await page.evaluate(() => document.fonts.ready);
  const file = join(options.out, `${options.name}-${variant.name}.png`);
  await page.screenshot({ path: file });
  await context.close();
  console.log(file);
}

await mkdir(options.out, { recursive: true });
const address = await pageAddress();
const browser = await chromium.launch({
  executablePath: options.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  for (const variant of variants) {
    if (!options.only || options.only.includes(variant.name)) await shoot(browser, address, variant);
  }
} finally {
  await browser.close();
}
