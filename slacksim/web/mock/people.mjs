const person = (id, name, real_name, title, color, more = {}) => ({
  id, name, real_name, title, color, is_bot: false, locale: "en-US", deactivated: false, ...more,
});

export const users = [
  person("U0SYS", "zhangsan", "张三", "System administrator", "#3b6fd4"),
  person("U0DBA", "lisi", "李四", "Database administrator", "#8a4fc7", { locale: "zh-CN" }),
  person("U0NET", "wangwu", "王五", "Network administrator", "#c2662b"),
  person("U0DEV", "zhaoliu", "赵六", "Development lead", "#b3386b"),
  person("U0ENG", "mia", "Mia Torres", "Developer", "#2d8a8a"),
  person("U0OUT", "pat", "Pat Quinn", "Outsider", "#6b7280"),
  person("U0BOT", "opsbot", "opsbot", "", "#0c7f69", { is_bot: true }),
];

const everybody = users.map((u) => u.id);
const channel = (id, name, topic, members, more = {}) => ({
  id, name, topic, members, is_private: false, is_im: false, archived: false, ...more,
});

export const channels = [
  channel("C0INC", "incidents", "One thread per incident · :rotating_light: pages go to the contact table", everybody),
  channel("C0OPS", "ops", "Daily operations 日常运维", everybody),
  channel("C0DEP", "deployments", "", everybody),
  channel("C0GEN", "general", "", everybody),
  channel("C0DBP", "database-private", "DBA only", ["U0DBA", "U0SYS", "U0BOT"], { is_private: true }),
];

export const commands = [
  ["/health", "Check nodes, pods, endpoints and autoscalers", "[service]"],
  ["/status", "Rollout state, images, endpoints, recent changes", "[service]"],
  ["/scale", "Change the number of replicas", "<service|all> <replicas>"],
  ["/rollback", "Go back to an earlier revision", "<service> [revision]"],
  ["/rollout", "Restart or look at a rollout", "<restart|status|history> <service>"],
  ["/logs", "Show recent log lines", "<service|all> [--grep re] [--since 15m] [--tail 100]"],
  ["/top", "CPU and memory against limits", "nodes|pods [--sort cpu|memory]"],
  ["/events", "Cluster events, newest first", "[service] [--since 1h] [--warnings]"],
  ["/backup", "Back up the database", "db"],
  ["/backups", "List backups", ""],
  ["/incident", "Incidents: list, note, severity, timeline, postmortem", "<list|open|note|timeline|postmortem>"],
  ["/ops", "Every operation under one command", "help"],
].map(([command, description, usage_hint]) => ({ command, description, usage_hint }));

export const panel = [
  {
    title: "Cluster",
    actions: [
      { id: "crash", title: "Crash-loop user-service", description: "Its pods exit right after they start.", style: "danger" },
      { id: "image", title: "Deploy a bad image", description: "order-service gets a tag that does not exist.", style: "danger" },
      { id: "load", title: "Load on product-service", description: "CPU above the autoscaler's target.", style: "" },
    ],
  },
  {
    title: "Database",
    actions: [
      { id: "db", title: "Break the database", description: "PostgreSQL stops; the alert fires after a few seconds.", style: "danger" },
      { id: "heal", title: "Repair everything", description: "", style: "primary" },
    ],
  },
];
