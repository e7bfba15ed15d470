package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"opsbot/app/generate"
	"opsbot/configs"
	"opsbot/internal/freeport"
	"opsbot/testcluster"
)

// handbookRespond is the handbook's first deadline; the others follow from configs.Default.
const handbookRespond = 5 * time.Minute

// configFile is the demo's configuration file. It is read like anybody's, so the demo shows what a real one needs. The glass may always be broken: the
// handbook's contact table has one system administrator, so nobody else could approve what is theirs alone.
const configFile = `slack:
  bot_token: %q
  app_token: %q
  api_url: %q
kubernetes: {name: demo, kubeconfig: %q, observe: 3s}
http: {listen: "127.0.0.1:0"}
webhook: {bearer_tokens: [%q]}
storage: {url: %q}
alertmanager: {url: %q, reconcile: 10s, watchdog: {silence: %s}}
prometheus: {url: %q}
backup: {url: %q, files: [{workload: deployment/api-gateway, paths: [%q]}]}
contacts: contacts.yaml
locale: %s
escalation: {respond: %s, diagnose: %s, resolve: %s, postmortem: %s, forgotten: %s}
incident: {quiet: %s}
approval: {break_glass: always}
jobs:
  - {name: load-test, image: "load-test:1.0", command: [echo], args: ['report: {"requests": 1200, "p50": 12.5, "p95": 40, "p99": 88, "errors": 0.001}'], service_account: default, report: "report:"}
  - {name: api-test, image: "api-test:1.0", command: [echo], args: ['report: {"passed": 42, "failed": 0}'], service_account: default, report: "report:"}
  - {name: deploy, image: "deploy:1.0", command: [echo], args: ["everything is deployed"], service_account: default, second_person: true}
logs: {clean: [{workload: deployment/user-service, paths: [%q]}]}
access:
  tls_secrets: [shop-tls]
  identities:
    - {slack: developer@company.com, user: developer@company.com}
`

// configure writes the demo's configuration and contact table and loads them through the ordinary loader.
func (d *demo) configure() error {
	contacts := filepath.Join(d.dir, "contacts.yaml")
	if err := os.WriteFile(contacts, configs.HandbookContactsFile(), 0o600); err != nil {
		return fmt.Errorf("write contact table: %w", err)
	}
	defaults := configs.Default()
	faster := func(t time.Duration) time.Duration { return t / time.Duration(d.options.Speed) }
	e := defaults.Escalation
	alerts, err := freeport.Address()
	if err != nil {
		return err
	}
	text := fmt.Sprintf(configFile, d.slack.BotToken(), d.slack.AppToken(), d.slack.APIURL(), d.botKubeconfig(), rand.Text(),
		"sqlite://"+filepath.Join(d.dir, "opsbot.db"), "http://"+alerts, faster(defaults.Alertmanager.Watchdog.Silence),
		d.prometheus.URL, "file://"+filepath.Join(d.dir, "backups"), d.uploads(), d.options.Locale,
		faster(e.Respond), faster(e.Diagnose), faster(e.Resolve), faster(e.Postmortem), faster(e.Forgotten), faster(defaults.Incident.Quiet), d.logs())
	file := filepath.Join(d.dir, "opsbot.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	config, err := configs.Load(configs.Source{File: file})
	if err != nil {
		return err
	}
	d.config = *config
	return nil
}

func (d *demo) botKubeconfig() string { return filepath.Join(d.dir, "opsbot.kubeconfig") }

// grant applies the generated RBAC and gives the bot a kubeconfig with a token of its own service account, which may do
// nothing but impersonate.
func (d *demo) grant(ctx context.Context) error {
	if err := d.configure(); err != nil {
		return err
	}
	if err := d.cluster.CreateNamespace(ctx, generate.BotNamespace); err != nil {
		return err
	}
	objects, err := generate.RBACObjects(d.config)
	if err != nil {
		return err
	}
	if err := applyRBAC(ctx, d.cluster.Client(), objects); err != nil {
		return err
	}
	account, err := d.cluster.ServiceAccountConfig(ctx, generate.BotNamespace, generate.BotAccount)
	if err != nil {
		return err
	}
	return d.cluster.WriteKubeconfig(d.botKubeconfig(), account, testcluster.PlatformNamespace)
}
