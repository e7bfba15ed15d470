// A story to look at: every block and element the page draws occurs in it.
const now = Date.now() / 1000;
export const tsAgo = (minutes) => (now - minutes * 60).toFixed(6);

const plain = (text) => ({ type: "plain_text", text, emoji: true });
const md = (text) => ({ type: "mrkdwn", text });
const button = (text, action_id, more = {}) => ({ type: "button", text: plain(text), action_id, value: action_id, ...more });
const option = (text, value, description) => ({ text: plain(text), value, ...(description && { description: plain(description) }) });
const section = (text, more = {}) => ({ type: "section", text: md(text), ...more });
const context = (...texts) => ({ type: "context", elements: texts.map(md) });
let blockNumber = 0;
const blocks = (...list) => list.map((b) => ({ block_id: `b${++blockNumber}`, ...b }));

export const incidentTs = tsAgo(34);
const bot = (channel, minutes, body) => ({ ts: tsAgo(minutes), channel, user: "U0BOT", text: "", ...body });
const said = (channel, user, minutes, text, more = {}) => ({ ts: tsAgo(minutes), channel, user, text, ...more });
const inThread = (message) => ({ ...message, thread_ts: incidentTs });

const incidentBlocks = blocks(
  { type: "header", text: plain(":red_circle: INC-7  PostgreSQLDown — postgres in ecommerce-k8s") },
  {
    type: "section",
    fields: [
      md("*Severity*\ncritical"), md("*Status*\ninvestigating"),
      md("*Owner*\n<@U0DBA>"), md(`*Respond by*\n<!date^${Math.floor(now - 29 * 60)}^{time}|soon> :white_check_mark: in 2 min`),
    ],
  },
  section("*Affected* `postgres` · `order-service` · `payment-service`\nNo ready endpoint for `postgres` since 3 minutes; 2 of 3 clients fail with `connection refused`."),
  {
    type: "actions",
    elements: [
      button("Acknowledge", "ack", { style: "primary" }),
      button("Escalate", "escalate"),
      { type: "users_select", action_id: "assign", placeholder: plain("Assign to…") },
      button("Resolve", "resolve", {
        style: "danger",
        confirm: { title: plain("Resolve INC-7?"), text: md("The alert `PostgreSQLDown` is *still firing*."), confirm: plain("Resolve"), deny: plain("Keep open"), style: "danger" },
      }),
      { type: "overflow", action_id: "more", options: [option("Timeline", "timeline"), option("Postmortem draft", "postmortem"), option("Change severity", "severity")] },
    ],
  },
  context("Opened from Alertmanager · fingerprint `9f31c2` · <http://127.0.0.1:9093/#/alerts|alert> · stage *diagnose* ends <!date^" + Math.floor(now + 300) + "^{ago}|soon>"),
);

export const messages = [
  said("C0INC", "U0SYS", 60 * 26, "Handover: nothing open. Database backup of last night is verified. 昨晚的数据库备份已验证。"),
  bot("C0INC", 60 * 25, { text: "", blocks: blocks(
    { type: "header", text: plain(":large_green_circle: INC-6  HighLatency — product-service") },
    section("Resolved after *18 min* by <@U0DEV>. :tada:"),
    context("acknowledged in 1 min · diagnosed in 6 min · resolved in 18 min"),
  ), reactions: [{ name: "tada", users: ["U0SYS", "U0ENG"] }], reply_count: 11, reply_users: ["U0BOT", "U0DEV"], latest_reply: tsAgo(60 * 24.6) }),
  said("C0INC", "U0ENG", 40, "Anyone else seeing errors at checkout?"),
  said("C0INC", "U0ENG", 39, "`payment-service` answers 502 from time to time :thinking_face:", { reactions: [{ name: "eyes", users: ["U0SYS"] }] }),
  { ...bot("C0INC", 34, { text: "PostgreSQLDown", blocks: incidentBlocks, pinned: true, edited: false, reply_count: 9, reply_users: ["U0BOT", "U0DBA", "U0SYS", "U0ENG"], latest_reply: tsAgo(3) }), ts: incidentTs },
  inThread(bot("C0INC", 33.9, { text: ":pager: Paged <@U0DBA> (database administrator): direct message and this thread. Next: <@U0SYS> in 5 min." })),
  inThread(bot("C0INC", 33.8, { text: "", blocks: blocks({ type: "rich_text", elements: [
    { type: "rich_text_section", elements: [{ type: "text", text: "First look", style: { bold: true } }, { type: "text", text: " at the cluster:" }] },
    { type: "rich_text_list", style: "bullet", indent: 0, elements: [
      { type: "rich_text_section", elements: [{ type: "text", text: "pod " }, { type: "text", text: "postgres-0", style: { code: true } }, { type: "text", text: " is not ready" }] },
      { type: "rich_text_section", elements: [{ type: "text", text: "last change: none in 24 h" }] },
    ] },
    { type: "rich_text_list", style: "bullet", indent: 1, elements: [
      { type: "rich_text_section", elements: [{ type: "text", text: "so this is probably not a deployment" }] },
    ] },
    { type: "rich_text_preformatted", elements: [{ type: "text", text: "NAME         READY   STATUS             RESTARTS      AGE   NODE\npostgres-0   0/1     CrashLoopBackOff   4 (21s ago)   26h   node-2.ecommerce.internal" }] },
    { type: "rich_text_quote", elements: [{ type: "text", text: "FATAL: could not write lock file: No space left on device" }] },
  ] }) })),
  inThread(said("C0INC", "U0DBA", 32, "收到，我来处理。先看一下磁盘空间和连接数。")),
  inThread(bot("C0INC", 31.9, { text: ":white_check_mark: <@U0DBA> acknowledged after *2 min*." })),
  inThread(said("C0INC", "U0DBA", 28, "<@U0BOT> health postgres")),
  inThread(bot("C0INC", 27.9, { text: "", edited: true, blocks: blocks(
    section(":red_circle: *1 problem* in `ecommerce-k8s`  ·  18 pods, 3 nodes checked in 0.4 s"),
    { type: "table", column_settings: [{ is_wrapped: false }, { align: "right" }, { align: "right" }], rows: [
      [{ type: "raw_text", text: "Workload" }, { type: "raw_text", text: "Ready" }, { type: "raw_text", text: "Restarts" }, { type: "raw_text", text: "Verdict" }],
      [{ type: "raw_text", text: "postgres" }, { type: "raw_text", text: "0/1" }, { type: "raw_text", text: "4" }, { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "emoji", name: "red_circle" }, { type: "text", text: " CrashLoopBackOff" }] }] }],
      [{ type: "raw_text", text: "order-service" }, { type: "raw_text", text: "3/3" }, { type: "raw_text", text: "0" }, { type: "raw_text", text: ":large_green_circle: healthy" }],
      [{ type: "raw_text", text: "payment-service" }, { type: "raw_text", text: "2/3" }, { type: "raw_text", text: "1" }, { type: "raw_text", text: ":large_yellow_circle: degraded" }],
    ] },
    context("namespace `ecommerce-k8s` · ran as <@U0DBA> · 0.4 s"),
  ) })),
  inThread(bot("C0INC", 20, { text: "", blocks: blocks(
    section("*`/scale order-service 5`*  asked by <@U0SYS>\n```\n  spec:\n-   replicas: 3\n+   replicas: 5\n```\n• waits until 5 of 5 are ready\n• undo: `/scale order-service 3`"),
    { type: "actions", elements: [
      button("Run", "run", { style: "primary" }),
      button("Cancel", "cancel"),
    ] },
    context(":lock: change · needs `patch deployments/scale` in `ecommerce-k8s` · you have it through *ops-sysadmin*"),
  ) })),
  inThread(bot("C0INC", 12, { text: "Rolling out `order-service` ▓▓▓▓▓▓▓░░░ *4 of 5 ready* · 12 s · about 4 s left", edited: true })),
  inThread(bot("C0INC", 3, { text: "Timeline so far", files: [{ id: "F1", name: "inc-7-timeline.md", title: "INC-7 timeline", mimetype: "text/markdown", size: 4312, url: "/files/F1", preview: "# INC-7 PostgreSQLDown\n\n| time | who | what |\n|---|---|---|\n| 10:02:11 | Alertmanager | PostgreSQLDown fired |\n| 10:02:11 | opsbot | paged 李四 (DBA) |\n| 10:04:03 | 李四 | acknowledged |\n| 10:08:40 | 李四 | /health postgres |\n| 10:16:02 | 张三 | /scale order-service 5 |\n" }] })),
  said("C0INC", "U0SYS", 2, "<!here> checkout is back, postgres is still recovering. Please no deployments until INC-7 is closed."),

  { ...said("C0OPS", "U0SYS", 120, "/top pods --sort cpu"), subtype: "slash_command" },
  bot("C0OPS", 120, { text: "", blocks: blocks(
    section("*Pods by CPU* in `ecommerce-k8s`\n```\nPOD                               CPU    OF LIMIT   MEMORY   OF LIMIT\nproduct-service-6c9d7f5b8-2xkqp   412m   82 %       301Mi    59 %\norder-service-7b88d6f4c9-w7x2n    208m   42 %       244Mi    48 %\napi-gateway-5f7c8d9b6d-kk4wz       96m   19 %       120Mi    23 %\n```"),
    context(":large_yellow_circle: 1 pod above 80 % of its CPU limit"),
  ) }),
  bot("C0OPS", 90, { text: "", blocks: blocks(
    { type: "markdown", text: "## Weekly checklist\n\n1. **Logs** older than 7 days removed\n2. Load test: p95 *183 ms*\n\n- [x] network policies\n- [ ] certificates <script>alert(1)</script>\n\n| check | result |\n|---|---:|\n| api-tests | 42 passed |\n| load-test | 183 ms |\n\n> 安全检查未发现新问题。\n\n```sh\nkubectl get netpol -n ecommerce-k8s\n```" },
    { type: "divider" },
    { type: "image", title: plain("CPU, last hour"), image_url: "/files/plot.svg", alt_text: "CPU of product-service" },
    { type: "task_card", task_id: "t1", title: "Load test", status: "complete" },
  ) }),
  bot("C0OPS", 60, { text: "", blocks: blocks(
    section("*Elements* — every one the page knows", { accessory: { type: "static_select", action_id: "svc", placeholder: plain("Service"), option_groups: [{ label: plain("Backend"), options: [option("user-service", "user", "3 replicas"), option("order-service", "order", "5 replicas")] }, { label: plain("Stateful"), options: [option("postgres", "postgres")] }] } }),
    { type: "actions", elements: [
      { type: "multi_static_select", action_id: "multi", placeholder: plain("Several"), options: [option("api-gateway", "a"), option("user-service", "b"), option("product-service", "c")] },
      { type: "external_select", action_id: "ext", placeholder: plain("Search backups"), min_query_length: 1 },
      { type: "channels_select", action_id: "chan", placeholder: plain("A channel") },
      { type: "datepicker", action_id: "date", initial_date: "2026-11-23" },
      { type: "timepicker", action_id: "time", initial_time: "18:00" },
    ] },
    { type: "actions", elements: [
      { type: "checkboxes", action_id: "checks", options: [{ ...option("Restart dependents", "restart"), description: md("all with `tier=backend`") }, option("Safety backup first", "backup")], initial_options: [option("Safety backup first", "backup")] },
      { type: "radio_buttons", action_id: "radio", options: [option("Now", "now"), option("In the next window", "window")], initial_option: option("Now", "now") },
    ] },
    { type: "actions", elements: [button("Modal…", "modal", { style: "primary" }), button("Never acked", "noack"), button("Slow ack", "slow"), button("Link", "link", { url: "http://127.0.0.1:9093/" })] },
  ) }),
  said("C0OPS", "U0ENG", 30, "&gt; quoted line\n*bold* _italic_ ~strike~ `code` *中文粗体* see &lt;b&gt;not html&lt;/b&gt; https://example.com/a?b=1. <javascript:alert(1)|evil> <@U0OUT> <#C0DEP|deployments> <!subteam^S1|@dba-oncall>\n1. first\n2. second\n• bullet\n    • nested with a long text that has to wrap somewhere because it does not fit into a narrow column at all"),
  bot("C0OPS", 20, { text: "legacy", attachments: [{ color: "danger", title: "PostgreSQLDown", title_link: "http://127.0.0.1:9093/", text: "postgres has no ready endpoint", fields: [{ title: "Namespace", value: "ecommerce-k8s", short: true }], footer: "Alertmanager" }] }),
  { ...bot("C0OPS", 6, { text: ":no_entry: You may not do that: `patch deployments/scale` in `ecommerce-k8s` is missing. *Pat Quinn* has the role *outsider*; *ops-sysadmin* and *ops-devlead* have it.\nAsk in <#C0OPS> or `/ops whoami`." }), ephemeral: true, only: "U0OUT" },
  { ...bot("C0OPS", 5, { text: ":no_entry: `/scale user -1`: replicas must be between 0 and 50.\nUsage: `/scale <service|all> <replicas>`" }), ephemeral: true, only: "U0SYS" },
  bot("D0DBABOT", 33.9, { text: ":pager: *INC-7 PostgreSQLDown* needs a database administrator. <http://127.0.0.1/|Open the thread>", blocks: blocks(section(":pager: *INC-7 PostgreSQLDown* needs a database administrator."), { type: "actions", elements: [button("I'm on it", "ack", { style: "primary" }), button("Can't", "nack")] }) }),
];

export const modal = {
  id: "V0MODAL", type: "modal", title: plain("Scale a service"), submit: plain("Plan"), close: plain("Cancel"), callback_id: "scale",
  blocks: blocks(
    section("The plan is shown *before* anything changes."),
    { type: "input", block_id: "service", label: plain("Service"), element: { type: "static_select", action_id: "v", placeholder: plain("Choose a service"), options: [option("user-service", "user", "3 of 3 ready"), option("order-service", "order", "5 of 5 ready")] } },
    { type: "input", block_id: "replicas", label: plain("Replicas"), hint: plain("0 to 50; 0 needs a second person"), element: { type: "number_input", is_decimal_allowed: false, action_id: "v", initial_value: "3" } },
    { type: "input", block_id: "who", optional: true, label: plain("Tell"), element: { type: "multi_users_select", action_id: "v", placeholder: plain("People") } },
    { type: "input", block_id: "why", optional: true, label: plain("Reason"), element: { type: "plain_text_input", multiline: true, action_id: "v", placeholder: plain("Shown in the timeline") } },
    { type: "input", block_id: "opts", optional: true, label: plain("Options"), element: { type: "checkboxes", action_id: "v", options: [option("Wait until ready", "wait"), option("Undo after 6 hours", "undo")] } },
  ),
};

export const home = {
  id: "V0HOME", type: "home",
  blocks: blocks(
    { type: "header", text: plain("On call now") },
    section("*Database* <@U0DBA> · *System* <@U0SYS> · *Network* <@U0NET> · *Development* <@U0DEV>"),
    { type: "divider" },
    { type: "header", text: plain("Open incidents") },
    section(":red_circle: *INC-7 PostgreSQLDown*\ncritical · investigating · <@U0DBA>", { accessory: button("Open", "open") }),
    { type: "divider" },
    { type: "actions", elements: [button("Check health", "health", { style: "primary" }), button("Back up database", "backup"), button("Scale…", "modal")] },
    context("Cluster `demo` · namespace `ecommerce-k8s`"),
  ),
};
