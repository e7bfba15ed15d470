package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"opsbot/bot"
	"opsbot/bot/directory"
	"opsbot/bot/setup"
	"opsbot/configs"
	"opsbot/escalation/oncall"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/store/sqldb"
)

func checkCommand() *cobra.Command {
	var config configFlag
	cmd := &cobra.Command{
		Use: "check", Short: "Check configuration, Slack, cluster and contact table, and say what to mend", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.load()
			if problems, ok := errors.AsType[configs.Problems](err); ok {
				fmt.Fprintln(cmd.OutOrStdout(), problems)
				return &findings{len(problems)}
			}
			if err != nil {
				return err
			}
			return check(cmd.Context(), cmd.OutOrStdout(), c)
		},
	}
	config.register(cmd)
	return cmd
}

// check tries everything that serve needs and changes nothing. All problems are printed.
func check(ctx context.Context, out io.Writer, c configs.Config) error {
	texts, err := messages.Load()
	if err != nil {
		return err
	}
	k := checker{out: out, printer: texts.Printer(c.Locale, messages.Plain())}
	k.good(messages.New("check.configuration"))
	k.storage(ctx, c)
	connection := slackConnection(c)
	k.slack(ctx, connection, c.Slack)
	k.updates(ctx, connection, c.Incident.UpdatesChannel)
	k.contacts(ctx, connection, c)
	k.alertmanager(ctx, c.Alertmanager)
	k.paging(ctx, c)
	k.cluster(ctx, c)
	if k.bad > 0 {
		return &findings{k.bad}
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

func (k *checker) slack(ctx context.Context, c bot.Connection, config configs.Slack) {
	report, err := setup.Check(ctx, c, config.IncidentChannel)
	for _, f := range report.Findings {
		k.slackFinding(f)
	}
	if err != nil {
		k.problem(messages.New("check.slack_unreachable", "cause", err))
		return
	}
	k.userGroups(ctx, c, report.MayManageUserGroups(), config.UserGroups)
}

func (k *checker) slackFinding(f setup.Finding) {
	if f.OK {
		k.good(messages.New("check.slack", "finding", f.Text))
		return
	}
	k.problem(messages.New("check.slack_problem", "finding", f.Text, "next", f.Next))
}

// updates looks for the channel for stakeholders, where one is configured.
func (k *checker) updates(ctx context.Context, c bot.Connection, channel string) {
	if channel == "" {
		return
	}
	_, finding, err := setup.CheckUpdatesChannel(ctx, c, channel)
	if err != nil {
		k.problem(messages.New("check.slack_unreachable", "cause", err))
		return
	}
	k.slackFinding(finding)
}

// rosterAhead is how far ahead the contact table is looked through for gaps.
const rosterAhead = 28 * 24 * time.Hour

// contacts reports who cannot be paged, and what is wrong with who is on call in the weeks to come.
func (k *checker) contacts(ctx context.Context, c bot.Connection, config configs.Config) {
	found := k.bad
	people := directory.NewPeople(c.Client(), bot.Self{}, nil)
	contacts := contactsOf(config)
	for i := range contacts {
		user := k.slackUser(ctx, people, contacts[i])
		if user != "" || contacts[i].Email != "" { // a contact needs one of the two
			contacts[i].Slack = user
		}
	}
	directory, err := oncall.NewDirectory(contacts, rotationsOf(config)...)
	if err != nil {
		k.problem(messages.New("check.roster", "finding", messages.Literal(err.Error())))
		return
	}
	now := time.Now()
	overrides, err := storedOverrides(ctx, config, now)
	if err != nil {
		k.problem(messages.New("check.overrides", "cause", err))
	}
	feed := calendarFeed(config, directory, zap.NewNop())
	feed.Refresh(ctx)
	for _, f := range directory.WithOverrides(overrides).WithCalendars(feed.Calendars()).Lint(now, now.Add(rosterAhead)) {
		if f.Serious {
			k.problem(messages.New("check.roster", "finding", f.Text))
		} else {
			k.advice(messages.New("check.roster", "finding", f.Text))
		}
	}
	if k.bad == found {
		k.good(messages.New("check.contacts"))
	}
}

// slackUser is the Slack user of a contact; "" where Slack does not know one, which is reported.
func (k *checker) slackUser(ctx context.Context, people *directory.People, c escalation.Contact) string {
	if c.Slack == "" {
		if c.Email == "" {
			return ""
		}
		person, err := people.ByEmail(ctx, c.Email)
		if err != nil && slices.Contains(c.Pages, oncall.ViaSlack) {
			k.problem(messages.New("check.contact", "name", c.Name, "email", c.Email, "cause", err))
		}
		return person.ID
	}
	person, err := people.Person(ctx, c.Slack)
	switch {
	case err != nil:
		k.problem(messages.New("check.slack_user", "name", c.Name, "user", c.Slack, "cause", err))
		return ""
	case person.Deleted:
		k.problem(messages.New("check.slack_user_gone", "name", c.Name, "user", c.Slack))
		return ""
	}
	return c.Slack
}

// cluster checks that the bot may act as every configured person, and reports those it may not.
func (k *checker) cluster(ctx context.Context, c configs.Config) {
	cluster, err := clusterOf(c)
	if err != nil {
		k.problem(messages.New("check.cluster", "cause", err))
		return
	}
	for _, row := range mappings(c) {
		if row.User != "" {
			k.identity(ctx, cluster, k8sops.Identity{User: row.User, Groups: row.Groups})
		}
	}
	if c.Kubernetes.Observe != 0 {
		k.identity(ctx, cluster, kube.Observer())
	}
}

func (k *checker) identity(ctx context.Context, cluster *k8sops.Cluster, id k8sops.Identity) {
	client, err := cluster.As(id)
	if err == nil {
		err = k8sops.CanActAs(ctx, client)
	}
	if err != nil {
		k.problem(messages.New("check.impersonation", "user", id.User, "cluster", cluster.Name, "cause", err))
		return
	}
	k.good(messages.New("check.impersonates", "user", id.User, "cluster", cluster.Name))
}
