package configs

import "time"

// Config is everything that can be configured. Each key is declared here once: tag key names it in the file, doc is its
// text in the README and in the sample, example is shown where the default is empty.
type Config struct {
	Slack        Slack         `key:"slack" doc:"The Slack workspace."`
	Kubernetes   Kubernetes    `key:"kubernetes" doc:"The cluster that opsbot looks after, where there is one; several are listed under clusters."`
	Clusters     []Kubernetes  `key:"clusters" doc:"Several clusters, in place of kubernetes; the first one is meant where nothing names another (docs/clusters.md)." example:"[{name: prod, kubeconfig: /etc/opsbot/prod.kubeconfig}, {name: staging, kubeconfig: /etc/opsbot/staging.kubeconfig, namespace: shop}]"`
	HTTP         HTTP          `key:"http" doc:"The HTTP servers: an internal one for Alertmanager, Prometheus and Kubernetes, and a public one for what people and Twilio reach from outside (docs/paging.md)."`
	Webhook      Webhook       `key:"webhook" doc:"Who may deliver alerts."`
	Storage      Storage       `key:"storage" doc:"Where opsbot keeps incidents, pages, calls and the audit record."`
	Audit        Audit         `key:"audit" doc:"Checkpoints of the audit record, which prove later that it was not changed (docs/audit.md)."`
	Alertmanager Alertmanager  `key:"alertmanager" doc:"Alertmanager's API, and its sign of life. Alerts come by webhook; the API tells what a lost webhook did not."`
	Prometheus   Prometheus    `key:"prometheus" doc:"Prometheus' API: for the charts in reports, /scale advice and /capacity (docs/capacity.md)."`
	Backup       Backup        `key:"backup" doc:"Where backups go and how long they stay."`
	Database     Database      `key:"database" doc:"The application's PostgreSQL, which the backup operations work on."`
	Cache        Cache         `key:"cache" doc:"The application's Redis."`
	Jobs         []Job         `key:"jobs" doc:"Tests that /run NAME starts as Kubernetes Jobs; without any there is no /run (docs/jobs.md)." example:"[{name: load-test, image: 'grafana/k6:1.3.0', args: [run, /tests/load.js], env: [{name: BASE_URL, value: 'http://api-gateway'}, {name: API_TOKEN, secret: load-test/token}], service_account: load-test, deadline: 10m, profiles: [{name: smoke, env: [{name: VUS, value: '5'}]}]}]"`
	Security     Security      `key:"security" doc:"What /security looks at."`
	Logs         Logs          `key:"logs" doc:"Log files that programs leave in their containers."`
	Contacts     string        `key:"contacts" doc:"File with the contact table, relative to the configuration file."`
	OnCall       OnCall        `key:"oncall" doc:"Who is on call."`
	Locale       string        `key:"locale" doc:"Language of messages that a whole channel reads: en or zh-CN. A person's own messages follow the language set in Slack."`
	Escalation   Escalation    `key:"escalation" doc:"The handbook's response procedure: how long each stage may take before the next role is paged."`
	Severities   SeverityWords `key:"severities" doc:"What words of the label severity mean. They come before the built-in ones: fatal, high, P1, sev-2, 严重 and many more (docs/alertmanager.md). An unknown word counts as warning, and people are paged at any time."`
	Incident     IncidentRules `key:"incident" doc:"When an incident ends."`
	Routing      []Route       `key:"routing" doc:"Which contact role an alert goes to, by its labels: the first rule that fits decides. These rules come before the built-in ones, which follow the duties of the handbook's contact table; what no rule fits goes to system." example:"[{label: team, pattern: 'payments|billing', role: development}]"`
	Paging       Paging        `key:"paging" doc:"How people are paged, and how they answer outside Slack. Slack needs nothing here; the other channels are used once they are configured."`
	Access       Access        `key:"access" doc:"Who people are in Kubernetes. Every call runs as the mapped user, so Kubernetes decides what it may do."`
	Limits       Limits        `key:"limits" doc:"What one person may ask of opsbot, so that nobody uses it up for all (docs/channels.md). Acknowledge and the other buttons of an incident are not limited."`
	Approval     Approval      `key:"approval" doc:"Confirmations and second-person approvals."`
	Freezes      []Freeze      `key:"freeze" doc:"Times in which every change of what serves needs a second person (docs/freeze.md). Backups, and what puts itself back, do not." example:"[{name: National Day, from: 2026-10-01, until: 2026-10-08, timezone: Asia/Shanghai}, {name: weekend, cron: '0 18 * * Fri', for: 62h, timezone: Asia/Shanghai}]"`
	Log          Log           `key:"log" doc:"opsbot's own log, on standard error."`

	// People is the contact table, loaded from Contacts, and Rotations who of it takes turns.
	People    []Contact
	Rotations []Rotation
}

// Slack says how to reach the workspace.
type Slack struct {
	BotToken        Secret   `key:"bot_token" doc:"Bot User OAuth Token (xoxb-…). Required."`
	AppToken        Secret   `key:"app_token" doc:"App-level token (xapp-…) with the scope connections:write, for Socket Mode. Required."`
	APIURL          URL      `key:"api_url" doc:"Base URL of Slack's Web API, ending in a slash."`
	IncidentChannel string   `key:"incident_channel" doc:"Channel that incident threads are opened in: its name without #, or its id."`
	SharedChannels  []string `key:"shared_channels" doc:"Channels shared with other organisations (Slack Connect) that opsbot writes in nevertheless, by name without # or by id. In any other shared channel it writes nothing: answers go to the person who asked, an incident's messages to the system administrator (docs/channels.md)." example:"[partner-incidents]"`
	TrustedChannels []string `key:"trusted_channels" doc:"Channels, by name without # or by id, whose members may read whatever anybody asks for there. In any other channel an answer that the Kubernetes group opsbot:viewer may not read goes to the person alone (docs/channels.md)." example:"[incidents]"`
	CommandPrefix   string   `key:"command_prefix" doc:"Put before the name of every slash command, for workspaces where another app owns /scale." example:"k-"`

	UserGroups UserGroups `key:"user_groups" doc:"Slack user groups (S…) whose members opsbot keeps: whoever is on call for a role, so that @oncall-dba reaches them. Needs a paid plan, and the scope usergroups:write, which opsbot manifest then asks for."`
}

// UserGroups are ids of Slack user groups by contact role.
type UserGroups struct {
	System      string `key:"system" doc:"User group of the system administrator on call; empty: none." example:"S0ONCALLSYS"`
	DBA         string `key:"dba" doc:"Likewise of the database administrator."`
	Network     string `key:"network" doc:"Likewise of the network administrator."`
	Development string `key:"development" doc:"Likewise of the development lead."`
}

// Kubernetes names one cluster and says how to reach it.
type Kubernetes struct {
	Name       string `key:"name" doc:"What people, the audit record and the label cluster of alerts call this cluster."`
	Kubeconfig string `key:"kubeconfig" doc:"Path of a kubeconfig file. Empty: the pod's service account, else KUBECONFIG, else ~/.kube/config."`
	Context    string `key:"context" doc:"Context of the kubeconfig; empty: its current one."`
	Namespace  string `key:"namespace" doc:"Namespace of the platform that the operations work in."`
	// Observe is how often a namespace is looked at.
	Observe time.Duration `key:"observe" doc:"How often, while an incident is open, opsbot looks for rollouts, scalings and warnings in the namespace and puts them on the timeline, as the Kubernetes user opsbot:observer; 0 is never."`
}

// HTTP are the two servers.
type HTTP struct {
	Listen         string   `key:"listen" doc:"The internal address, host:port; an empty host means all interfaces: POST /webhooks/alertmanager, /healthz, /readyz and /metrics. Not for the outside."`
	PublicListen   string   `key:"public_listen" doc:"The public address, for what comes to paging.public_url, without which it is not opened: /ack/, /paging/twilio/ and /oncall/, and nothing else. Empty: they are at http.listen alone, beside what is internal."`
	TrustedProxies []string `key:"trusted_proxies" doc:"Proxies before the public address whose X-Forwarded-For is believed, addresses or networks: each source may then send 20 requests a second. Without them, all that comes by one proxy counts as one source." example:"[10.0.0.0/8]"`
}

// Webhook authenticates Alertmanager.
type Webhook struct {
	BearerTokens []Secret `key:"bearer_tokens" doc:"Accepted bearer tokens, at least 16 characters each; several while one is being replaced. At least one is required." example:"[file:/run/secrets/webhook-token]"`
}

// Storage is opsbot's own database.
type Storage struct {
	URL SecretURL `key:"url" doc:"sqlite://FILE (relative to the working directory; sqlite:///var/lib/… is absolute), for one opsbot; or postgres://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full, for several that share it (docs/postgres.md). May be file:/path, like a secret."`
	// Retention is counted from an incident's resolution.
	Retention time.Duration `key:"retention" doc:"How long processed deliveries and sent messages stay in the database, and with storage.archive resolved incidents. Commands and the audit record stay for ever."`
	Archive   string        `key:"archive" doc:"Directory in which resolved incidents are kept, a file of JSON lines for each month, once their retention is over; they are removed from the database then. Replicas share it. Empty: incidents stay in the database for ever." example:"/var/lib/opsbot/archive"`
}

// Audit is how the audit record is made believable.
type Audit struct {
	Keys     []Secret      `key:"keys" doc:"Keys that sign checkpoints, at least 32 characters each: the first one signs, all are believed, so a new one goes in front. Without any, checkpoints are not signed, and prove only as much as the place that they are kept in." example:"[file:/run/secrets/audit-key]"`
	Interval time.Duration `key:"interval" doc:"How often a checkpoint is made if the record has grown; one more is made at each stop."`
	URL      URL           `key:"url" doc:"Where checkpoints are kept besides opsbot's log: file:///DIRECTORY or s3://BUCKET/PREFIX, as in backup.url, for this database alone, and best where its owner may neither change nor delete. Empty: they are in the log alone." example:"s3://audit/opsbot?region=eu-central-1"`
	Channel  string        `key:"channel" doc:"Slack channel that gets each checkpoint too, its name without #, or its id. Empty: none." example:"audit"`
}

// Alertmanager is the API client's side; the webhook is configured in Alertmanager.
type Alertmanager struct {
	URL       SecretURL     `key:"url" doc:"Base URL, with user and password where it asks for them; may be file:/path, like a secret. Empty: opsbot relies on the webhooks alone." example:"http://alertmanager:9093"`
	Peers     []SecretURL   `key:"peers" doc:"Base URLs of the other members of the cluster, and of every other Alertmanager whose webhooks come here: an alert that none of them holds counts as ended." example:"['http://alertmanager-1:9093']"`
	Receiver  string        `key:"receiver" doc:"Regular expression for the whole names of the receivers in Alertmanager that are opsbot's."`
	Reconcile time.Duration `key:"reconcile" doc:"How often Alertmanager is asked what it holds, and incidents are brought in line with it; 0 is never."`
	Watchdog  Watchdog      `key:"watchdog" doc:"The dead man's switch: an alert that always fires, so that its silence means that nobody would hear of a real one. It opens no incident; its silence does."`
}

// Watchdog is the dead man's switch.
type Watchdog struct {
	Alert   string        `key:"alert" doc:"Name of the alert. It keeps watch once it has come three times in a row. Empty: there is none, and an alert of that name is like any other."`
	Silence time.Duration `key:"silence" doc:"How long it may not come. Its route in Alertmanager needs a group_interval and a repeat_interval that are together shorter."`
}

// Prometheus is the metrics source.
type Prometheus struct {
	URL     SecretURL `key:"url" doc:"Base URL, with user and password where it asks for them; may be file:/path, like a secret. Empty: reports have no charts, /capacity no history, and /scale advice no response times, errors and queues." example:"http://prometheus:9090"`
	Queries Queries   `key:"queries" doc:"What Prometheus is asked, in PromQL. $namespace and $cluster stand for those of the call; where there are several clusters, a query is asked only if it names $cluster. Each series names what it is about by its label service, workload, deployment, statefulset, app or job; node or instance; persistentvolumeclaim. Empty: it is not asked."`
}

// Queries are the expressions that operations ask Prometheus.
type Queries struct {
	Latency    string `key:"latency" doc:"95th percentile of a service's response times, in seconds."`
	Errors     string `key:"errors" doc:"Failed requests of a service in percent of all."`
	Backlog    string `key:"backlog" doc:"Messages that wait for a service, by the service that takes them. Without a default: queues are too different." example:"sum by (service) (label_replace(rabbitmq_queue_messages_ready{namespace='$namespace'}, 'service', '$1', 'queue', '(.+)'))"`
	CPU        string `key:"cpu" doc:"Cores that a service uses, all its pods together."`
	Memory     string `key:"memory" doc:"Bytes of memory that a service uses, all its pods together."`
	NodeCPU    string `key:"node_cpu" doc:"Cores that a node uses."`
	NodeMemory string `key:"node_memory" doc:"Bytes of memory that a node uses."`
	Storage    string `key:"storage" doc:"Bytes that are used of a claim."`
}

// Backup is where database dumps are kept.
type Backup struct {
	URL       URL           `key:"url" doc:"file:///DIRECTORY, or s3://BUCKET/PREFIX?region=REGION on AWS and s3://BUCKET/PREFIX?endpoint=https://HOST:PORT&s3ForcePathStyle=true elsewhere. Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from where AWS keeps them, never from the URL (docs/storage.md)."`
	Retention time.Duration `key:"retention" doc:"Backups older than this are removed, but never the newest verified one (handbook: 7 days)."`
	// Recipients and Identities are those of age.
	Recipients []string `key:"recipients" doc:"Whom backups of the database, the configuration and files, and those of opsbot store backup, are encrypted for: recipients of age (age1…), as age-keygen prints them. Empty: they are not encrypted, and Secrets are left out of them (docs/storage.md)." example:"[age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]"`
	Identities []Secret `key:"identities" doc:"What opsbot reads encrypted backups with: identities of age (AGE-SECRET-KEY-1…), older ones too as long as there are backups for them. Empty: opsbot makes encrypted backups, and can neither prove nor restore them." example:"[file:/run/secrets/backup-identity]"`
	// Files are what /backup files may read.
	Files []FilePlace `key:"files" doc:"Directories that /backup files backs up; without any there is no /backup files (docs/filebackup.md)." example:"[{workload: api-gateway, paths: [/var/uploads]}]"`
}

// FilePlace is what one workload's container keeps in files.
type FilePlace struct {
	Workload  string   `key:"workload" doc:"Name of the workload, or KIND/NAME. Required."`
	Container string   `key:"container" doc:"Container of its pods. Empty: the one that their annotation names, or their only one."`
	Paths     []string `key:"paths" doc:"Absolute directories, without patterns. Required."`
}

// Database is the application's PostgreSQL as the handbook knows it.
type Database struct {
	Workload   string `key:"workload" doc:"What runs PostgreSQL: NAME or KIND/NAME; a Deployment, a StatefulSet, or an operator's own kind." example:"statefulset/postgres"`
	Selector   string `key:"selector" doc:"Labels of the primary's pod, where the workload does not tell it from the replicas." example:"cnpg.io/cluster=main,cnpg.io/instanceRole=primary"`
	Container  string `key:"container" doc:"Container of the pod. Empty: the one that the pod's annotation kubectl.kubernetes.io/default-container names, else the one that is PostgreSQL by port, image or name."`
	ConfigMap  string `key:"config_map" doc:"ConfigMap with PostgreSQL's settings, under postgresql.conf or a key for each, in which /db set changes what it changes in PostgreSQL. Empty: there is none."`
	Deployment string `key:"deployment" doc:"Older name of workload; one of the two is enough."`
	Name       string `key:"name" doc:"Name of the database."`
	User       string `key:"user" doc:"PostgreSQL user that dumps and restores it."`
}

// Cache is the application's Redis.
type Cache struct {
	Workload string `key:"workload" doc:"What runs Redis: NAME or KIND/NAME. Empty: there is none." example:"statefulset/redis"`
	Secret   string `key:"secret" doc:"Secret with its password, under the key that the container has in its environment, or its only key that is called so. Empty: Redis asks for no password, or REDISCLI_AUTH is in the container's environment."`
}

// Logs says which log files may be removed.
type Logs struct {
	Clean []LogPlace `key:"clean" doc:"Directories that /logs clean removes old files from; without any there is no /logs clean (docs/logclean.md)." example:"[{workload: api-gateway, paths: [/var/log/app]}, {workload: statefulset/mail, container: smtp, paths: [/var/log/mail], logrotate: /etc/logrotate.conf}]"`
}

// LogPlace is where one workload's container leaves log files.
type LogPlace struct {
	Workload  string   `key:"workload" doc:"Name of the workload, or KIND/NAME. Required."`
	Container string   `key:"container" doc:"Container of its pods. Empty: the one that their annotation names, or their only one."`
	Paths     []string `key:"paths" doc:"Absolute directories, without patterns. Required."`
	Logrotate string   `key:"logrotate" doc:"Configuration of logrotate in the container, run after files were removed. Empty: none."`
}

// Job is what /run starts under its name. It runs in the platform's namespace, once, and never with a literal secret.
type Job struct {
	Name           string        `key:"name" doc:"What people type: /run NAME."`
	Image          string        `key:"image" doc:"Image to run. Required."`
	Command        []string      `key:"command" doc:"In place of the image's entrypoint."`
	Args           []string      `key:"args" doc:"Arguments."`
	Env            []JobVariable `key:"env" doc:"Environment variables."`
	ServiceAccount string        `key:"service_account" doc:"Service account of the namespace that it runs under. Required. It is created with the rights of the person who asks, whom Kubernetes may refuse it."`
	Deadline       time.Duration `key:"deadline" doc:"How long it may take, at most 25m; 0 is 10m."`
	Report         string        `key:"report" doc:"What begins the line of its log that holds the report, such as report:. Empty: the last JSON object that it prints."`
	CPU            string        `key:"cpu" doc:"CPU that it requests, such as 500m."`
	Memory         string        `key:"memory" doc:"Memory that it requests and may use, such as 256Mi."`
	SecondPerson   bool          `key:"second_person" doc:"It changes what serves, as a deployment script does: a second person must agree."`
	Profiles       []JobProfile  `key:"profiles" doc:"Other ways to run it: /run NAME PROFILE."`
}

// JobVariable is an environment variable of a Job.
type JobVariable struct {
	Name   string `key:"name" doc:"Name of the variable."`
	Value  string `key:"value" doc:"Its value; nothing secret."`
	Secret string `key:"secret" doc:"In place of a value, the key of a Secret of the namespace: SECRET/KEY."`
}

// JobProfile is a way to run a Job.
type JobProfile struct {
	Name string        `key:"name" doc:"What people type behind the job's name."`
	Args []string      `key:"args" doc:"Arguments after those of the job."`
	Env  []JobVariable `key:"env" doc:"Environment variables; one of the job with the same name is replaced."`
}

// OnCall is about the turns of the contact table.
type OnCall struct {
	FeedTokens []Secret `key:"feed_tokens" doc:"Tokens of nobody in particular for subscribing to the turns of a role as a calendar, at least 16 characters each: GET /oncall/ROLE.ics?token=TOKEN. People get one of their own with /oncall feed, which they can take back and which ends when they leave; best have none here." example:"[file:/run/secrets/calendar-token]"`
}

// Escalation holds the deadlines of the stages of the handbook's response procedure (告警响应流程).
type Escalation struct {
	Respond    time.Duration `key:"respond" doc:"From the incident's opening until somebody owns it."`
	Diagnose   time.Duration `key:"diagnose" doc:"From the opening until the cause is known."`
	Resolve    time.Duration `key:"resolve" doc:"From the opening until it is mended."`
	Postmortem time.Duration `key:"postmortem" doc:"From the resolution until the report is written."`
	Forgotten  time.Duration `key:"forgotten" doc:"How long nobody may do anything about an acknowledged incident that still fires, before its owner is reminded and then the next person is paged, however far the deadline is; 0: only deadlines count."`
	Hours      WorkingHours  `key:"working_hours" doc:"When people are paged about what can wait: severities with page: working_hours, and reports. Without a time zone, there are no such hours."`
	Severity   Severities    `key:"severity" doc:"What is different for incidents of one severity. A deadline of 0 is the one above."`
}

// WorkingHours are the same hours of some days of the week.
type WorkingHours struct {
	Days     []string `key:"days" doc:"Days of the week, or ranges of them."`
	From     string   `key:"from" doc:"When they begin, by the clock on the wall."`
	To       string   `key:"to" doc:"When they end; 24:00 is midnight."`
	Timezone string   `key:"timezone" doc:"IANA name of the time zone." example:"Asia/Shanghai"`
}

// Severities are the severities of alerts.
type Severities struct {
	Critical SeverityRules `key:"critical" doc:"Something is broken."`
	Warning  SeverityRules `key:"warning" doc:"Something will break; also whatever has no severity, and, paged at any time, one that opsbot does not know."`
	Info     SeverityRules `key:"info" doc:"Something to know."`
}

// SeverityWords are words for the severities. Case, spaces, dashes and underscores do not matter.
type SeverityWords struct {
	Critical []string `key:"critical" doc:"Words that mean critical." example:"[showstopper]"`
	Warning  []string `key:"warning" doc:"Words that mean warning." example:"[P2]"`
	Info     []string `key:"info" doc:"Words that mean info." example:"[cosmetic]"`
}

// SeverityRules are what is different for incidents of one severity.
type SeverityRules struct {
	Page       string        `key:"page" doc:"When people are paged: always, or working_hours. Deadlines then run in working hours alone; the incident and its thread open at once."`
	Respond    time.Duration `key:"respond" doc:"In place of escalation.respond, which is also the time from one step of the escalation to the next."`
	Diagnose   time.Duration `key:"diagnose" doc:"In place of escalation.diagnose."`
	Resolve    time.Duration `key:"resolve" doc:"In place of escalation.resolve."`
	Postmortem time.Duration `key:"postmortem" doc:"In place of escalation.postmortem."`
}

// IncidentRules say when an incident ends, and when alerts of many groups are one.
type IncidentRules struct {
	Quiet          time.Duration `key:"quiet" doc:"How long all alerts must stay resolved; one that fires again earlier reopens the same thread."`
	UpdatesChannel string        `key:"updates_channel" doc:"Channel for stakeholders, its name without #, or its id: one short message per incident, kept current, without anything internal. Empty: none." example:"status"`
	Storm          Storm         `key:"storm" doc:"When so much fails at once that it is one problem."`
}

// Storm is when the alerts of many groups become one incident.
type Storm struct {
	Groups int           `key:"groups" doc:"How many incidents of one role may open within that time before all further groups share one incident, the storm; 0 means that they never do."`
	Within time.Duration `key:"within" doc:"The time. A storm is over when nothing new came for as long."`
	By     []string      `key:"by" doc:"Labels that the alerts of a storm have in common." example:"[cluster, node]"`
}

// Route sends alerts to a contact role.
type Route struct {
	Label   string `key:"label" doc:"Name of the label to look at; alertname is one."`
	Pattern string `key:"pattern" doc:"Regular expression that the label's whole value must match."`
	Role    string `key:"role" doc:"Contact role: system, dba, network or development."`
}

// Paging holds the channels over which people are paged besides Slack.
type Paging struct {
	Order     []string     `key:"order" doc:"Channels in the order in which a person is tried: slack, email, sms, voice, webhook. Those that are not configured, or for which the contact table has no address, are left out. pages in the contact table overrides it for one person."`
	PublicURL URL          `key:"public_url" doc:"Where http.public_listen is reached from outside, for the acknowledge links of e-mails (/ack/…), Twilio's callbacks (/paging/twilio/…) and calendars (/oncall/…). Empty: pages outside Slack cannot be answered there, and there are no calendars of one's own." example:"https://opsbot.company.com"`
	Secret    Secret       `key:"secret" doc:"Signs acknowledge links, at least 32 characters; required with public_url. A new one makes the links sent so far worthless." example:"file:/run/secrets/paging-secret"`
	Email     PagingEmail  `key:"email" doc:"E-mail, by SMTP."`
	Twilio    PagingTwilio `key:"twilio" doc:"SMS and voice calls, by Twilio."`
	Webhook   PagingHook   `key:"webhook" doc:"A service of your own: each page is posted to it as signed JSON."`
}

// PagingEmail is the mail server.
type PagingEmail struct {
	Server   string `key:"server" doc:"Mail server, host:port; empty: no e-mail." example:"smtp.company.com:587"`
	TLS      string `key:"tls" doc:"starttls (required, not just tried), tls (from the start, usually port 465), or none."`
	Username string `key:"username" doc:"Empty: opsbot does not log in."`
	Password Secret `key:"password" doc:"Required with username."`
	From     string `key:"from" doc:"Sender." example:"opsbot <opsbot@company.com>"`
}

// PagingTwilio is an account at Twilio.
type PagingTwilio struct {
	AccountSID string `key:"account_sid" doc:"Account SID (AC…); empty: neither SMS nor voice."`
	AuthToken  Secret `key:"auth_token" doc:"Auth token. It also checks the signature of Twilio's callbacks."`
	From       string `key:"from" doc:"The account's telephone number, in international form. For replies by SMS, set its messaging webhook to public_url + /paging/twilio/sms." example:"'+15005550006'"`
	APIURL     URL    `key:"api_url" doc:"Base URL of Twilio's API."`
}

// PagingHook is a service that gets pages.
type PagingHook struct {
	URL    SecretURL `key:"url" doc:"Where pages are posted to; empty: nowhere." example:"https://pager.company.com/opsbot"`
	Secret Secret    `key:"secret" doc:"Signs what is posted, at least 32 characters; required with url."`
}

// Access maps Slack users and contact roles to Kubernetes users and groups.
type Access struct {
	Identities []Identity `key:"identities" doc:"Kubernetes user and groups per person; slack is a user id (U…), an e-mail address, or a Slack user group (S…, which gives groups only). People of the contact table need no entry: their user is their e-mail address." example:"[{slack: dev@company.com, user: dev@company.com, groups: [developers]}]"`
	TLSSecrets []string   `key:"tls_secrets" doc:"TLS secrets whose certificates /health and /certs look at, and /certs renew replaces. The roles of the system and the network administrator may read and change these by name. Empty: /health looks at all of type kubernetes.io/tls, where the person may list every secret, and /certs at those that Ingresses name, where the person may read them." example:"[shop-tls]"`
	Kinds      []string   `key:"kinds" doc:"Resources of operators, RESOURCE.GROUP, that people look at, scale or restore by opsbot. opsbot rbac lets opsbot act on them for people; the people's own rights are yours to give." example:"[rollouts.argoproj.io, clusters.postgresql.cnpg.io]"`
	// ExecPods: RBAC cannot name the pods of a Deployment.
	ExecPods []string `key:"exec_pods" doc:"Pods of the namespace that opsbot's roles may run programs in, as regular expressions for the whole name, for the admission policy of opsbot rbac. Empty: those of database.workload, cache.workload, logs.clean and backup.files, named after them; with database.selector programs are not limited to pods then." example:"[\"main-[0-9]+\"]"`
}

// Security is what /security has beside what it looks at itself.
type Security struct {
	ScanJob string `key:"scan_job" doc:"Name of the job under jobs that scans images, such as one that runs trivy. /security offers it as a button. Empty: none."`
}

// Identity is who one person, or a Slack user group, is in Kubernetes.
type Identity struct {
	Slack  string   `key:"slack" doc:"Slack user id (U…), e-mail address, or Slack user group (S…)."`
	User   string   `key:"user" doc:"Kubernetes user name; empty for a Slack user group."`
	Groups []string `key:"groups" doc:"Kubernetes groups."`
}

// Limits bound what one person may ask for.
type Limits struct {
	Commands  int `key:"commands_per_minute" doc:"Commands, forms and pins of one person, in the long run; half of them may come at once."`
	Reads     int `key:"reads_at_once" doc:"Reads of a cluster that may run for one person at once, live views included."`
	Megabytes int `key:"megabytes_per_second" doc:"How fast the API servers' answers, logs above all, are read for one person, in the long run; sixteen times as much may come at once. Who is over it waits. 0: as fast as it goes."`
}

// Approval adds to what the operations' own danger levels ask for.
type Approval struct {
	Expires     time.Duration `key:"expires" doc:"How long a confirmation or an approval is waited for."`
	BreakGlass  string        `key:"break_glass" doc:"When whoever asked may run what needs a second person alone, with a reason, while everybody on duty is told: incident (in an active incident), always or never (docs/freeze.md)."`
	Protected   []string      `key:"protected" doc:"Workloads whose every change needs a second person, besides the database and the cache." example:"[payment-service]"`
	ProtectData bool          `key:"protect_data" doc:"Every change of the database (database.workload) and of the cache (cache.workload) needs a second person."`
	MinReplicas int           `key:"min_replicas" doc:"Scaling below this needs a confirmation. The last replica always needs a second person."`
	ManyDown    int           `key:"many_down" doc:"Scaling more services down at once than this needs a second person."`
	Registries  []string      `key:"registries" doc:"Where images may come from: registries, or paths on them. Another one needs a second person. Empty: where the images of the namespace come from." example:"[registry.company.com, ghcr.io/company]"`
}

// Log is opsbot's own log.
type Log struct {
	Level  string `key:"level" doc:"debug, info, warn or error."`
	Format string `key:"format" doc:"json or console."`
}
