package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"opsbot/bot"
	"opsbot/configs"
	"opsbot/escalation"
	"opsbot/k8sops"
	"opsbot/messages"
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
	connection := slackConnection(c)
	k.slack(ctx, connection, c.Slack.IncidentChannel)
	k.contacts(ctx, connection, c)
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

func (k *checker) problem(t messages.Text) {
	k.bad++
	fmt.Fprintln(k.out, "FAIL  "+k.printer.Text(t))
}

func (k *checker) slack(ctx context.Context, c bot.Connection, channel string) {
	report, err := bot.Check(ctx, c, channel)
	for _, f := range report.Findings {
		if f.OK {
			k.good(messages.New("check.slack", "finding", f.Text))
		} else {
			k.problem(messages.New("check.slack_problem", "finding", f.Text, "next", f.Next))
		}
	}
	if err != nil {
		k.problem(messages.New("check.slack_unreachable", "cause", err))
	}
}

// contacts reports who cannot be paged, and roles in which nobody can.
func (k *checker) contacts(ctx context.Context, c bot.Connection, config configs.Config) {
	people := bot.NewPeople(c.Client(), bot.Self{}, nil)
	reachable := map[escalation.Role]int{}
	for _, contact := range contactsOf(config) {
		if contact.Slack == "" && contact.Email != "" {
			person, err := people.ByEmail(ctx, contact.Email)
			if err != nil && slices.Contains(contact.Pages, escalation.ViaSlack) {
				k.problem(messages.New("check.contact", "name", contact.Name, "email", contact.Email, "cause", err))
			}
			contact.Slack = person.ID
		}
		if contact.Reachable() {
			reachable[contact.Role]++
		}
	}
	for _, role := range configs.Roles() {
		if reachable[escalation.Role(role)] == 0 {
			k.problem(messages.New("check.role", "role", role))
		}
	}
	if len(reachable) == len(configs.Roles()) {
		k.good(messages.New("check.contacts"))
	}
}

// cluster checks that the bot may act as every configured person, and reports those it may not.
func (k *checker) cluster(ctx context.Context, c configs.Config) {
	cluster, err := clusterOf(c)
	if err != nil {
		k.problem(messages.New("check.cluster", "cause", err))
		return
	}
	for _, row := range mappings(c) {
		if row.User == "" {
			continue
		}
		client, err := cluster.As(k8sops.Identity{User: row.User, Groups: row.Groups})
		if err == nil {
			err = k8sops.CanActAs(ctx, client)
		}
		if err != nil {
			k.problem(messages.New("check.impersonation", "user", row.User, "cluster", cluster.Name, "cause", err))
			continue
		}
		k.good(messages.New("check.impersonates", "user", row.User, "cluster", cluster.Name))
	}
}
