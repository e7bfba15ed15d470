package configs

import (
	"fmt"
	"net/mail"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metricsql"

	"opsbot/configs/settings"
	"opsbot/internal/wallclock"
)

const (
	minTokenLength = 16
	// maxCommandPrefix leaves room for the longest command below Slack's 32 characters (SF-2.4).
	maxCommandPrefix = 12
	maxApprovalTime  = 24 * time.Hour
)

var (
	dnsLabel      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	channelName   = regexp.MustCompile(`^([a-z0-9_-]{1,80}|[CG][A-Z0-9]{2,})$`)
	commandPrefix = regexp.MustCompile(`^[a-z0-9_-]*$`)
	apiName       = regexp.MustCompile(`^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`)
	apiResource   = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	labelName     = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	slackGroupID  = regexp.MustCompile(`^S[A-Z0-9]{2,}$`)
)

// Validate returns everything that is wrong with c. Problems have no Origin: Load, which knows the sources, adds it.
func (c *Config) Validate() Problems {
	var ps Problems
	c.Slack.validate(&ps)
	c.Slack.UserGroups.validate(&ps, c.Access.Identities)
	c.validateClusters(&ps)
	c.HTTP.validate(&ps)
	c.Webhook.validate(&ps)
	checkTokens(&ps, "oncall.feed_tokens", c.OnCall.FeedTokens)
	c.validateURLs(&ps)
	c.Alertmanager.validate(&ps)
	c.Audit.validate(&ps)
	c.Backup.validate(&ps)
	c.Backup.filePlaces(&ps)
	c.Database.validate(&ps)
	c.Cache.validate(&ps)
	c.validateJobs(&ps)
	c.Logs.validate(&ps)
	checkRequired(&ps, "contacts", c.Contacts, "give the path of the contact table")
	checkOneOf(&ps, "locale", c.Locale, []string{"en", "zh-CN"})
	c.Escalation.validate(&ps)
	c.Severities.validate(&ps)
	checkAtLeast(&ps, "incident.quiet", c.Incident.Quiet, 0)
	if u := c.Incident.UpdatesChannel; u != "" && (!channelName.MatchString(u) || u == c.Slack.IncidentChannel) {
		ps.Add("incident.updates_channel", fmt.Sprintf("%q is not a channel for stakeholders", u),
			"give another channel's name than slack.incident_channel, lower case and without #, or its id (C…)")
	}
	checkAtLeast(&ps, "incident.storm.within", c.Incident.Storm.Within, time.Second)
	if c.Incident.Storm.Groups < 0 {
		ps.Add("incident.storm.groups", fmt.Sprintf("is %d", c.Incident.Storm.Groups), "give 0 or more")
	}
	for i, route := range c.Routing {
		route.validate(&ps, fmt.Sprintf("routing[%d]", i))
	}
	c.Paging.validate(&ps)
	c.validatePages(&ps)
	c.Access.validate(&ps)
	c.Limits.validate(&ps)
	c.Approval.validate(&ps)
	c.validateFreezes(&ps)
	c.Log.validate(&ps)
	return ps
}

func (s Slack) validate(ps *Problems) {
	checkToken(ps, "slack.bot_token", s.BotToken, "xoxb-", `copy the Bot User OAuth Token from the app's page "OAuth & Permissions"`)
	checkToken(ps, "slack.app_token", s.AppToken, "xapp-",
		`make an app-level token with the scope connections:write on the app's page "Basic Information"`)
	checkScheme(ps, "slack.api_url", s.APIURL, "https", "http")
	switch {
	case s.APIURL.Empty():
		ps.Add("slack.api_url", "is missing", "leave the key out for https://slack.com/api/")
	case !strings.HasSuffix(s.APIURL.Reveal(), "/"):
		ps.Add("slack.api_url", "does not end in a slash", "method names are appended to it: add the slash")
	}
	if !channelName.MatchString(s.IncidentChannel) {
		ps.Add("slack.incident_channel", fmt.Sprintf("%q is not a channel", s.IncidentChannel),
			"give the channel's name, lower case and without #, or its id (C…)")
	}
	for key, list := range map[string][]string{"slack.shared_channels": s.SharedChannels, "slack.trusted_channels": s.TrustedChannels} {
		for i, channel := range list {
			if !channelName.MatchString(channel) {
				ps.Add(fmt.Sprintf("%s[%d]", key, i), fmt.Sprintf("%q is not a channel", channel), "give the channel's name, lower case and without #, or its id (C…)")
			}
		}
	}
	if !commandPrefix.MatchString(s.CommandPrefix) || len(s.CommandPrefix) > maxCommandPrefix {
		ps.Add("slack.command_prefix", fmt.Sprintf("%q cannot start a slash command", s.CommandPrefix),
			fmt.Sprintf("use up to %d lower-case letters, digits, - and _, without the slash", maxCommandPrefix))
	}
}

func (w Webhook) validate(ps *Problems) {
	const path = "webhook.bearer_tokens"
	if len(w.BearerTokens) == 0 {
		ps.Add(path, "is empty", "give a random text of at least 16 characters (openssl rand -hex 32) and put the same one into "+
			"Alertmanager's http_config.authorization.credentials: without it anybody on the network could page people")
	}
	checkTokens(ps, path, w.BearerTokens)
}

// checkTokens refuses what could be guessed.
func checkTokens(ps *Problems, path string, tokens []Secret) {
	for i, token := range tokens {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case token.Empty():
			ps.Add(at, "is empty", "give the token or remove the line")
		case len(token.Reveal()) < minTokenLength:
			ps.Add(at, fmt.Sprintf("has %d characters, which is too easy to guess", len(token.Reveal())),
				fmt.Sprintf("use at least %d (openssl rand -hex 32)", minTokenLength))
		case slices.ContainsFunc(tokens[:i], token.Equal):
			ps.Add(at, "appears twice", "remove one")
		}
	}
}

func (c *Config) validateURLs(ps *Problems) {
	c.Prometheus.validate(ps)
	checkScheme(ps, "storage.url", c.Storage.URL.URL, "sqlite", "postgres", "postgresql")
	checkAtLeast(ps, "storage.retention", c.Storage.Retention, 24*time.Hour)
	switch {
	case c.Storage.URL.Empty():
		ps.Add("storage.url", "is missing", "give sqlite://FILE or postgres://USER@HOST/DATABASE")
	case c.Storage.URL.Scheme() == "sqlite" && c.Storage.URL.FilePath() == "":
		ps.Add("storage.url", "names no file", "write sqlite://opsbot.db or sqlite:///var/lib/opsbot/opsbot.db")
	}
}

func (p Prometheus) validate(ps *Problems) {
	checkScheme(ps, "prometheus.url", p.URL.URL, "http", "https")
	queries := p.Queries
	for _, query := range settings.Keys(reflect.ValueOf(&queries).Elem(), "prometheus.queries") {
		expression := query.Value.String()
		if expression == "" {
			continue
		}
		if _, err := metricsql.Parse(expression); err != nil {
			ps.Add(query.Path, err.Error(), "give an expression of PromQL, or nothing")
		}
	}
}

func (a Alertmanager) validate(ps *Problems) {
	checkScheme(ps, "alertmanager.url", a.URL.URL, "http", "https")
	for i, peer := range a.Peers {
		at := fmt.Sprintf("alertmanager.peers[%d]", i)
		if peer.Empty() {
			ps.Add(at, "is empty", "give the URL or remove the line")
		}
		checkScheme(ps, at, peer.URL, "http", "https")
	}
	if len(a.Peers) > 0 && a.URL.Empty() {
		ps.Add("alertmanager.peers", "is set without alertmanager.url", "make one of them alertmanager.url")
	}
	checkRequired(ps, "alertmanager.receiver", a.Receiver, `give the receiver's name in Alertmanager, such as "opsbot"`)
	if _, err := regexp.Compile(a.Receiver); err != nil {
		ps.Add("alertmanager.receiver", err.Error(), "fix the expression (RE2 syntax)")
	}
	if a.Reconcile != 0 {
		checkAtLeast(ps, "alertmanager.reconcile", a.Reconcile, time.Second)
	}
	if a.Watchdog.Alert != "" {
		checkAtLeast(ps, "alertmanager.watchdog.silence", a.Watchdog.Silence, time.Second)
	}
}

func (d Database) validate(ps *Problems) {
	if d.Deployment != "" {
		checkDNSLabel(ps, "database.deployment", d.Deployment)
	}
	checkWorkload(ps, "database.workload", d.Workload)
	if d.Container != "" {
		checkDNSLabel(ps, "database.container", d.Container)
	}
	checkPostgresName(ps, "database.name", d.Name)
	checkPostgresName(ps, "database.user", d.User)
}

func (c Cache) validate(ps *Problems) {
	if c.Workload != "" {
		checkWorkload(ps, "cache.workload", c.Workload)
	}
}

func (r Route) validate(ps *Problems, path string) {
	checkOneOf(ps, path+".role", r.Role, Roles())
	if !labelName.MatchString(r.Label) {
		ps.Add(path+".label", fmt.Sprintf("%q is not a label name", r.Label), "give a Prometheus label such as service or alertname")
	}
	if r.Pattern == "" {
		ps.Add(path+".pattern", "is missing", "give a regular expression for the label's whole value")
	} else if _, err := regexp.Compile(r.Pattern); err != nil {
		ps.Add(path+".pattern", err.Error(), "fix the expression (RE2 syntax)")
	}
}

func (a Access) validate(ps *Problems) {
	for i, identity := range a.Identities {
		identity.validate(ps, fmt.Sprintf("access.identities[%d]", i))
	}
	a.validateUsers(ps)
	for i, name := range a.TLSSecrets {
		if !apiName.MatchString(name) {
			ps.Add(fmt.Sprintf("access.tls_secrets[%d]", i), fmt.Sprintf("%q is no name of a Secret", name), "give the name as kubectl get secrets prints it")
		}
	}
	for i, kind := range a.Kinds {
		if !apiResource.MatchString(kind) {
			ps.Add(fmt.Sprintf("access.kinds[%d]", i), fmt.Sprintf("%q is no resource", kind), "write RESOURCE.GROUP, as kubectl api-resources calls them")
		}
	}
	for i, pods := range a.ExecPods {
		at := fmt.Sprintf("access.exec_pods[%d]", i)
		if pods == "" {
			ps.Add(at, "is empty", "give an expression for names of pods or remove the line")
		} else if _, err := regexp.Compile(pods); err != nil {
			ps.Add(at, err.Error(), "fix the expression (RE2 syntax)")
		}
	}
}

// validateUsers refuses two Kubernetes users for one person: the groups of both would add up. Who is named by id and by e-mail is found when the
// person is known.
func (a Access) validateUsers(ps *Problems) {
	users := map[string]string{}
	for i, id := range a.Identities {
		if id.User == "" {
			continue
		}
		person := asciiLower(id.Slack)
		if user, known := users[person]; known && user != id.User {
			ps.Add(fmt.Sprintf("access.identities[%d].user", i), fmt.Sprintf("is %q, and another entry of the same person says %q", id.User, user),
				"give all entries of a person the same user")
		}
		users[person] = id.User
	}
}

// asciiLower makes what identifies a person comparable, without Unicode's foldings.
func asciiLower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

func (id Identity) validate(ps *Problems, path string) {
	isGroup := slackGroupID.MatchString(id.Slack)
	switch {
	case !isGroup && !slackUserID.MatchString(id.Slack) && !isEmail(id.Slack):
		ps.Add(path+".slack", fmt.Sprintf("%q names nobody", id.Slack), "give a Slack user id (U…), an e-mail address, or a Slack user group id (S…)")
	case isGroup && id.User != "":
		ps.Add(path+".user", "is set for a Slack user group", "leave it out: several people must not share one Kubernetes user")
	case isGroup && len(id.Groups) == 0:
		ps.Add(path+".groups", "is empty", "give the Kubernetes groups that members of the Slack user group get")
	case !isGroup:
		checkKubernetesName(ps, path+".user", id.User)
	}
	for i, group := range id.Groups {
		checkKubernetesName(ps, fmt.Sprintf("%s.groups[%d]", path, i), group)
	}
}

func (a Approval) validate(ps *Problems) {
	checkOneOf(ps, "approval.break_glass", a.BreakGlass, []string{"incident", "always", "never"})
	checkAtLeast(ps, "approval.expires", a.Expires, time.Second)
	if a.Expires > maxApprovalTime {
		ps.Add("approval.expires", fmt.Sprintf("%s is too long for a plan to stay true", wallclock.FormatDuration(a.Expires)), "give at most 24h")
	}
	for i, name := range a.Protected {
		checkDNSLabel(ps, fmt.Sprintf("approval.protected[%d]", i), name)
	}
	if a.MinReplicas < 0 {
		ps.Add("approval.min_replicas", fmt.Sprintf("is %d", a.MinReplicas), "give 0 or more")
	}
	if a.ManyDown < 1 {
		ps.Add("approval.many_down", fmt.Sprintf("is %d", a.ManyDown), "give 1 or more")
	}
	for i, registry := range a.Registries {
		if path := fmt.Sprintf("approval.registries[%d]", i); strings.Contains(registry, "://") || strings.Trim(registry, "/") == "" {
			ps.Add(path, fmt.Sprintf("%q is not a registry", registry), "write it as in an image's name, without a scheme: registry.company.com or ghcr.io/company")
		}
	}
}

func (l Log) validate(ps *Problems) {
	checkOneOf(ps, "log.level", l.Level, []string{"debug", "info", "warn", "error"})
	checkOneOf(ps, "log.format", l.Format, []string{"json", "console"})
}

func isEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text
}
