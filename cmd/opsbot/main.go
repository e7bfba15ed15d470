// Command opsbot is a Slack bot for the people who keep a microservice platform on Kubernetes alive.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // rotations name time zones, and the image has none

	"github.com/spf13/cobra"

	"opsbot/app/check"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process: exit code 0 for success, 1 for a failure, 2 for findings (check, audit verify).
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "opsbot:", err)
	if _, found := errors.AsType[*check.Findings](err); found {
		return 2
	}
	return 1
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use: "opsbot", Short: "Chat-ops and incident response for Kubernetes in Slack",
		SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.AddCommand(
		serveCommand(), checkCommand(), versionCommand(), manifestCommand(), rbacCommand(), operationsCommand(),
		whoCommand(), auditCommand(), storeCommand(), generateCommand(),
	)
	return root
}
