// Package check is opsbot check: it tries what serve needs, changes nothing, and says what a person has to mend.
package check

import (
	"context"
	"errors"
	"fmt"
	"io"

	"opsbot/app/configured"
	"opsbot/configs"
	"opsbot/messages"
	"opsbot/store/sqldb"
)

// Invalid prints what is wrong with a configuration that cannot be loaded.
func Invalid(out io.Writer, err error) error {
	if problems, ok := errors.AsType[configs.Problems](err); ok {
		fmt.Fprintln(out, problems)
		return &Findings{number: len(problems)}
	}
	return err
}

// Run tries everything that serve needs and changes nothing. All problems are printed.
func Run(ctx context.Context, out io.Writer, c configs.Config) error {
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	k := checker{out: out, printer: texts.Printer(c.Locale, messages.Plain())}
	k.good(messages.New("check.configuration"))
	k.storage(ctx, c)
	k.backups(ctx, c)
	k.checkpoints(ctx, c)
	connection := configured.SlackConnection(c)
	k.slack(ctx, connection, c.Slack)
	k.updates(ctx, connection, c.Incident.UpdatesChannel)
	k.auditChannel(ctx, connection, c.Audit.Channel)
	k.sharing(ctx, connection, c)
	k.contacts(ctx, connection, c)
	k.alertmanager(ctx, c.Alertmanager)
	k.paging(ctx, c)
	k.public(ctx, c)
	k.clusters(ctx, c)
	if len(configured.ExecPods(c)) == 0 {
		k.advice(messages.New("check.no_exec_policy"))
	}
	k.approval(c)
	if k.bad > 0 {
		return &Findings{number: k.bad}
	}
	return nil
}

type checker struct {
	out     io.Writer
	printer *messages.Printer
	bad     int
}

func (k *checker) good(t messages.Text) { fmt.Fprintln(k.out, "ok    "+k.printer.Text(t)) }

// advice is what a person should look at, but works.
func (k *checker) advice(t messages.Text) { fmt.Fprintln(k.out, "warn  "+k.printer.Text(t)) }

func (k *checker) problem(t messages.Text) {
	k.bad++
	fmt.Fprintln(k.out, "FAIL  "+k.printer.Text(t))
}

// approval warns where one person alone may do everything.
func (k *checker) approval(c configs.Config) {
	if c.Approval.ProtectData || len(c.Approval.Protected) > 0 {
		k.good(messages.New("check.protected"))
		return
	}
	k.advice(messages.New("check.nothing_protected"))
}

// storage tries a database server. An SQLite file is opened by serve alone.
func (k *checker) storage(ctx context.Context, c configs.Config) {
	url := c.Storage.URL
	if url.Scheme() == "sqlite" {
		return
	}
	if err := sqldb.CheckServer(ctx, url.Reveal()); err != nil {
		k.problem(messages.New("check.storage_problem", "cause", err))
		return
	}
	k.good(messages.New("check.storage"))
}
