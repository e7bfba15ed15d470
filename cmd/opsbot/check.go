package main

import (
	"context"
	"errors"
	"fmt"
	"io"

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
	k := checker{out: out, printer: texts.Printer(messages.English, messages.Plain())}
	k.good("configuration is valid")
	connection := slackConnection(c)
	k.slack(ctx, connection, c.Slack.IncidentChannel)
	k.contacts(ctx, connection, c)
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

func (k *checker) good(format string, args ...any) { fmt.Fprintf(k.out, "ok    "+format+"\n", args...) }

func (k *checker) problem(format string, args ...any) {
	k.bad++
	fmt.Fprintf(k.out, "FAIL  "+format+"\n", args...)
}

func (k *checker) slack(ctx context.Context, c bot.Connection, channel string) {
	report, err := bot.Check(ctx, c, channel)
	for _, f := range report.Findings {
		if f.OK {
			k.good("slack: %s", k.printer.Text(f.Text))
		} else {
			k.problem("slack: %s %s", k.printer.Text(f.Text), k.printer.Text(f.Next))
		}
	}
	if err != nil {
		k.problem("slack: cannot be reached: %v", err)
	}
}

// contacts reports who cannot be paged, and roles in which nobody can.
func (k *checker) contacts(ctx context.Context, c bot.Connection, config configs.Config) {
	people := bot.NewPeople(c.Client(), bot.Self{}, nil)
	reachable := map[escalation.Role]int{}
	for _, contact := range contactsOf(config) {
		if contact.Slack == "" {
			if _, err := people.ByEmail(ctx, contact.Email); err != nil {
				k.problem("contacts: %s <%s> cannot be paged: %v", contact.Name, contact.Email, err)
				continue
			}
		}
		reachable[contact.Role]++
	}
	for _, role := range configs.Roles() {
		if reachable[escalation.Role(role)] == 0 {
			k.problem("contacts: nobody in role %s can be paged", role)
		}
	}
	if len(reachable) == len(configs.Roles()) {
		k.good("contacts: every role has somebody who can be paged")
	}
}

// cluster checks that the bot may act as every configured person, and reports those it may not.
func (k *checker) cluster(ctx context.Context, c configs.Config) {
	cluster, err := clusterOf(c)
	if err != nil {
		k.problem("%v", err)
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
			k.problem("kubernetes: cannot act as %s on cluster %s: %v (apply the output of `opsbot rbac`)", row.User, cluster.Name, err)
			continue
		}
		k.good("kubernetes: can act as %s on cluster %s", row.User, cluster.Name)
	}
}
