package demo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"opsbot/messages"
)

// row is a procedure of the handbook: what a person types instead, and what proves from the outside that it did what the handbook
// wants (the API server, PostgreSQL, Redis, the stored files). fact is what was found there.
type row struct {
	id    string
	title messages.Text
	line  string
	do    func(context.Context) (fact messages.Text, err error)
	// later is why the row is not walked, zero where it is.
	later messages.Text
}

// RunHandbook brings the demo up and walks the handbook from top to bottom. It prints a line per row and, last, how many of them are
// proven. The error names the rows that failed; the others are walked all the same.
func RunHandbook(ctx context.Context, o Options) (err error) {
	d, err := startDemo(ctx, o)
	if err != nil {
		return err
	}
	defer d.closeInto(&err)
	t := &tour{demo: d, out: io.Discard, began: time.Now()}
	if o.Transcript != nil {
		t.out = o.Transcript
	}
	return t.walk(ctx)
}

func (t *tour) walk(ctx context.Context) error {
	rows := t.handbook()
	var failed []string
	proven := 0
	fmt.Fprintf(t.out, "# %s\n\n%s\n", t.printer.Text(messages.New("handbook.title")), t.printer.Text(messages.New("handbook.intro", "rows", len(rows))))
	for _, r := range rows {
		if len(t.options.Rows) > 0 && !slices.Contains(t.options.Rows, r.id) {
			continue
		}
		if r.do == nil {
			fmt.Fprintf(t.out, "\n## %s %s\n\n`%s` %s\n", r.id, t.printer.Text(r.title), r.line, t.printer.Text(r.later))
			t.line(r, "–", t.printer.Text(r.later))
			continue
		}
		began := time.Now()
		fact, err := t.prove(ctx, r)
		if err != nil {
			failed = append(failed, r.id)
			t.line(r, "✗", err.Error())
			continue
		}
		proven++
		fmt.Fprintf(t.out, "\n%s\n", t.printer.Text(messages.New("handbook.proof", "fact", fact)))
		t.line(r, "✓", fmt.Sprintf("%s (%.1f s)", t.printer.Text(fact), time.Since(began).Seconds()))
	}
	if violations := t.slack.Violations(); len(violations) > 0 {
		return fmt.Errorf("handbook: Slack would object to %d things, the first: %v", len(violations), violations[0])
	}
	fmt.Fprintf(t.options.Out, "\n%d of %d\n", proven, len(rows))
	if len(failed) > 0 {
		return fmt.Errorf("handbook: not as it should be: %s", strings.Join(failed, ", "))
	}
	return nil
}

func (t *tour) prove(ctx context.Context, r row) (messages.Text, error) {
	ctx, cancel := context.WithTimeout(ctx, chapterLimit)
	defer cancel()
	fmt.Fprintf(t.out, "\n## %s %s\n\n`%s`\n\n```text\n", r.id, t.printer.Text(r.title), r.line)
	defer fmt.Fprintln(t.out, "```")
	return r.do(ctx)
}

// line prints a row: its id, what a person types, and what came of it.
func (t *tour) line(r row, mark, what string) {
	fmt.Fprintf(t.options.Out, "%-3s %-46s %s %s\n", r.id, r.line, mark, what)
}

// handbook are the rows of the handbook in its order.
func (t *tour) handbook() []row {
	monitoring := messages.New("handbook.later.monitoring")
	return []row{
		{"D1", messages.New("handbook.D1"), "/health", t.rowHealth, messages.Text{}},
		{"D2", messages.New("handbook.D2"), "/top pods", t.rowTop, messages.Text{}},
		{"D3", messages.New("handbook.D3"), "/events --since 1h", t.rowEvents, messages.Text{}},
		{"D4", messages.New("handbook.D4"), "/status", t.rowStatus, messages.Text{}},
		{"D5", messages.New("handbook.D5"), "/storage", t.rowStorage, messages.Text{}},
		{"W1", messages.New("handbook.W1"), "/logs clean", t.rowLogClean, messages.Text{}},
		{"W2", messages.New("handbook.W2"), "/run load-test", t.rowLoadTest, messages.Text{}},
		{"W3", messages.New("handbook.W3"), "/security", t.rowSecurity, messages.Text{}},
		{"M1", messages.New("handbook.M1"), "/capacity", t.rowCapacity, messages.Text{}},
		{"M2", messages.New("handbook.M2"), "/backup verify", t.rowBackupVerify, messages.Text{}},
		{"N1", messages.New("handbook.N1"), "/watch pods --for 2m", t.rowWatch, messages.Text{}},
		{"N2", messages.New("handbook.N2"), "/logs user --tail 20", t.rowLogs, messages.Text{}},
		{"N3", messages.New("handbook.N3"), "/slo", nil, monitoring},
		{"A1", messages.New("handbook.A1"), "opsbot rules", nil, monitoring},
		{"A2", messages.New("handbook.A2"), "incidents", t.rowIncident, messages.Text{}},
		{"S1", messages.New("handbook.S1"), "/scale user 4", t.rowScaleUp, messages.Text{}},
		{"S2", messages.New("handbook.S2"), "/scale user 2", t.rowScaleDown, messages.Text{}},
		{"S3", messages.New("handbook.S3"), "/hpa order --min 2 --max 6 --cpu 70", t.rowAutoscaler, messages.Text{}},
		{"S4", messages.New("handbook.S4"), "/scale advice payment", t.rowAdvice, messages.Text{}},
		{"S5", messages.New("handbook.S5"), "/scale plan payment 3 --at …", t.rowScalePlan, messages.Text{}},
		{"B1", messages.New("handbook.B1"), "/backup db", t.rowBackup, messages.Text{}},
		{"B2", messages.New("handbook.B2"), "/backups", t.rowBackups, messages.Text{}},
		{"B3", messages.New("handbook.B3"), "/backup config", t.rowBackupConfig, messages.Text{}},
		{"B4", messages.New("handbook.B4"), "/backup files api-gateway …", t.rowBackupFiles, messages.Text{}},
		{"B5", messages.New("handbook.B5"), "/restore db", t.rowRestore, messages.Text{}},
		{"B6", messages.New("handbook.B6"), "/restore config", t.rowRestoreConfig, messages.Text{}},
		{"B7", messages.New("handbook.B7"), "/rebuild", t.rowRebuild, messages.Text{}},
		{"C1", messages.New("handbook.C1"), "/access opsbot:dba", t.rowAccess, messages.Text{}},
		{"C2", messages.New("handbook.C2"), "/access readonly auditor", t.rowReadOnly, messages.Text{}},
		{"C3", messages.New("handbook.C3"), "/netpol", t.rowPolicies, messages.Text{}},
		{"C4", messages.New("handbook.C4"), "/net test user postgres:5432", t.rowConnection, messages.Text{}},
		{"C5", messages.New("handbook.C5"), "/secret rotate postgres-secret password", t.rowRotate, messages.Text{}},
		{"C6", messages.New("handbook.C6"), "/certs", t.rowCertificates, messages.Text{}},
		{"C7", messages.New("handbook.C7"), "/certs renew shop-tls", t.rowRenew, messages.Text{}},
		{"R1", messages.New("handbook.R1"), "/deploy user :1.1", t.rowDeploy, messages.Text{}},
		{"R2", messages.New("handbook.R2"), "/rollout user, restart, pause, resume", t.rowRollout, messages.Text{}},
		{"R3", messages.New("handbook.R3"), "/rollout history user", t.rowHistory, messages.Text{}},
		{"R4", messages.New("handbook.R4"), "/rollback user", t.rowRollback, messages.Text{}},
		{"R5", messages.New("handbook.R5"), "/bluegreen prepare payment :1.1", t.rowPrepare, messages.Text{}},
		{"R6", messages.New("handbook.R6"), "/bluegreen switch, back, switch, finish", t.rowSwitch, messages.Text{}},
		{"P1", messages.New("handbook.P1"), "/resources user --cpu 150m/600m --memory …", t.rowResources, messages.Text{}},
		{"P2", messages.New("handbook.P2"), "/db connections, slow, set", t.rowDatabase, messages.Text{}},
		{"P3", messages.New("handbook.P3"), "/redis memory, stats", t.rowRedis, messages.Text{}},
		{"E1", messages.New("handbook.E1"), "/oncall", t.rowOnCall, messages.Text{}},
		{"E2", messages.New("handbook.E2"), "/emergency outage", t.rowOutage, messages.Text{}},
		{"E3", messages.New("handbook.E3"), "/emergency database", t.rowDatabaseFailure, messages.Text{}},
		{"E4", messages.New("handbook.E4"), "/netpol suspend all --for 1m", t.rowSuspend, messages.Text{}},
		{"T1", messages.New("handbook.T1"), "/run deploy", t.rowRunDeploy, messages.Text{}},
		{"T2", messages.New("handbook.T2"), "/run api-test", t.rowAPITest, messages.Text{}},
		{"K1", messages.New("handbook.K1"), "/checklist daily", nil, monitoring},
		{"K2", messages.New("handbook.K2"), "/checklist weekly", nil, monitoring},
		{"K3", messages.New("handbook.K3"), "/checklist monthly", nil, monitoring},
		{"I1", messages.New("handbook.I1"), "/incident open, list, note, resolve, timeline", t.rowIncidents, messages.Text{}},
		{"I2", messages.New("handbook.I2"), "/silence", nil, monitoring},
		{"I3", messages.New("handbook.I3"), "/ops help, whoami", t.rowHelp, messages.Text{}},
	}
}
