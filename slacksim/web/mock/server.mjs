// A stand-in for the simulator while the page is developed: the calls of API.md on canned data. Not used by anything that ships.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { home, messages, modal } from "./messages.mjs";
import { channels, commands, panel, users } from "./people.mjs";

const port = Number(process.env.PORT ?? 8901);
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const streams = new Map();
const faults = {};
const readUpTo = new Map();
let clock = Date.now() / 1000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const nextTs = () => (clock = Math.max(clock + 0.0001, Date.now() / 1000)).toFixed(6);

function send(user, event) {
  for (const [stream, who] of streams) if (!user || who === user) stream.write(`data: ${JSON.stringify(event)}\n\n`);
}

function directs(user) {
  return users
    .filter((u) => u.id === "U0BOT" && user === "U0DBA")
    .map((u) => ({ id: "D0DBABOT", name: u.name, is_im: true, is_private: true, user: u.id, members: [user, u.id] }));
}

function visible(user) {
  const mine = channels.filter((c) => !c.is_private || c.members.includes(user));
  return [...mine, ...directs(user)].map((c) => ({ ...c, ...counts(user, c) }));
}

function counts(user, c) {
  const since = readUpTo.get(`${user}/${c.id}`) ?? ((Date.now() - 45 * 60_000) / 1000).toFixed(6);
  const fresh = messages.filter((m) => m.channel === c.id && m.ts > since && m.user !== user && (!m.only || m.only === user));
  const mentions = fresh.filter((m) => c.is_im || JSON.stringify(m).match(new RegExp(`<@${user}>|<!here>`)));
  return { unread: fresh.filter((m) => !m.thread_ts).length, mentions: mentions.length };
}

function add(message) {
  messages.push(message);
  send(message.only, { type: "message", channel: message.channel, message });
  return message;
}

const say = (channel, text, more = {}) => add({ ts: nextTs(), channel, user: "U0BOT", text, ...more });

const routes = {
  "GET /ui/state": ({ user }) => ({
    team: { id: "T0", name: "Acme Commerce" },
    me: users.find((u) => u.id === (user || "U0SYS")),
    users, channels: visible(user || "U0SYS"), commands, panel, faults, connections: 2,
    app: { id: "A0", name: "opsbot", bot_user: "U0BOT", home_enabled: true, shortcuts: [
      { name: "Open an incident", type: "message", callback_id: "open" },
      { name: "Add to timeline", type: "message", callback_id: "note" },
      { name: "Scale a service…", type: "global", callback_id: "scale" },
    ] },
  }),
  "GET /ui/messages": ({ user, channel, thread_ts }) => {
    const mine = messages.filter((m) => m.channel === channel && (!m.only || m.only === user));
    const list = thread_ts ? mine.filter((m) => m.ts === thread_ts || m.thread_ts === thread_ts) : mine.filter((m) => !m.thread_ts);
    return { messages: list.sort((a, b) => (a.ts < b.ts ? -1 : 1)), has_more: false };
  },
  "POST /ui/post": (b) => {
    const { ts } = add({ ts: nextTs(), channel: b.channel, user: b.user, text: b.text, thread_ts: b.thread_ts });
    if (b.text.includes("<@U0BOT>")) setTimeout(() => say(b.channel, "On it :eyes:", { thread_ts: b.thread_ts ?? ts }), 500);
    return { ts };
  },
  "POST /ui/command": async (b) => {
    await wait(300);
    const known = commands.some((c) => c.command === b.text.split(" ")[0]);
    if (!known) say(b.channel, `${b.text.split(" ")[0]} is not a valid command.`, { ephemeral: true, only: b.user, user: "USLACKBOT", bot_name: "Slackbot" });
    else add({ ts: nextTs(), channel: b.channel, user: b.user, text: b.text, subtype: "slash_command" }), say(b.channel, `Planned \`${b.text}\`.`);
    return {};
  },
  "POST /ui/action": async (b) => {
    if (b.action_id === "slow") await wait(1500);
    if (b.action_id === "noack") return await wait(3000), { ok: false, error: "operation_timeout" };
    if (b.action_id === "modal") send(b.user, { type: "view", view: modal });
    await wait(250);
    return { ok: true };
  },
  "POST /ui/view/submit": async (b) => {
    await wait(400);
    const n = Number(b.values.replicas?.v?.value);
    return n > 50 ? { response_action: "errors", errors: { replicas: "Replicas must be between 0 and 50." } } : { response_action: "close" };
  },
  "POST /ui/options": ({ value }) => ({ options: ["2026-11-22 02:00", "2026-11-23 02:00"].map((t) => ({ text: { type: "plain_text", text: `${t} ${value}` }, value: t })) }),
  "POST /ui/shortcut": (b) => (send(b.user, { type: "view", view: modal }), {}),
  "POST /ui/home": (b) => (setTimeout(() => send(b.user, { type: "home", view: home }), 100), {}),
  "POST /ui/open": () => ({ channel: "D0DBABOT" }),
  "POST /ui/view/close": () => ({}),
  "POST /ui/read": (b) => (readUpTo.set(`${b.user}/${b.channel}`, b.ts), {}),
  "POST /ui/react": (b) => {
    const message = messages.find((m) => m.ts === b.ts);
    const rest = (message.reactions ?? []).map((r) => (r.name === b.name ? { ...r, users: r.users.filter((u) => u !== b.user) } : r));
    const entry = rest.find((r) => r.name === b.name) ?? (rest.push({ name: b.name, users: [] }), rest.at(-1));
    if (!b.remove) entry.users.push(b.user);
    message.reactions = rest.filter((r) => r.users.length > 0);
    send(undefined, { type: "message_changed", channel: b.channel, message });
    return {};
  },
  "POST /ui/faults": (b) => (Object.assign(faults, b), send(undefined, { type: "faults", faults }), faults),
  "POST /ui/panel": async ({ id }) => (await wait(600), id === "image" ? { ok: false, error: "order-service is not there" } : { ok: true, message: "PostgreSQL stopped. Alertmanager will call in about 5 s." }),
};

const plot = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="160"><rect width="480" height="160" fill="#f6f7f9"/><path d="M0 120 60 110 120 116 180 90 240 96 300 60 360 44 420 52 480 30" fill="none" stroke="#0b7a65" stroke-width="3"/></svg>`;
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

async function serveFile(path, response) {
  if (path === "/files/plot.svg") return response.writeHead(200, { "content-type": "image/svg+xml" }).end(plot);
  const file = join(dist, normalize(path === "/" ? "/index.html" : path));
  const body = await readFile(file).catch(() => undefined);
  if (!body) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(body);
}

function openStream(user, request, response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" }).write(": hello\n\n");
  streams.set(response, user);
  request.on("close", () => streams.delete(response));
}

createServer(async (request, response) => {
  const url = new URL(request.url, "http://mock");
  const query = Object.fromEntries(url.searchParams);
  if (url.pathname === "/ui/events") return openStream(query.user, request, response);
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return serveFile(url.pathname, response);
  const chunks = await request.toArray();
  const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : query;
  const answer = await route(body);
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
}).listen(port, "127.0.0.1", () => console.log(`mock on http://127.0.0.1:${port}`));
