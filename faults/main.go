// Command faults breaks opsbot, and what it stands on, again and again while alerts, presses and commands come in, and
// checks from the outside that nothing was lost and that nothing was said or done twice.
//
//	go run ./faults [-rounds N] [-seed S] [-only FAULT,…] [-round I] [-parallel P] [-long] [-keep]
//
// It prints a Markdown table and exits with 1 when any round failed. docs/reliability.md explains the faults and the checks.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

// options of a run.
type options struct {
	rounds   int
	seed     uint64
	only     string // names of faults, "" for all
	round    int    // this round alone, -1 for all
	parallel int
	long     bool
	keep     bool
}

// run writes the table to out and progress to progress.
func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	faults, err := choose(o.only)
	if err != nil {
		return err
	}
	rounds := share(faults, o)
	s, err := newSuite(ctx, needsOf(rounds), progress)
	if err != nil {
		return err
	}
	s.keep = o.keep
	defer func() { err = errors.Join(err, s.Close()) }()
	s.Say("%d rounds, seed %d", len(rounds), o.seed)
	verdicts := playAll(ctx, s, rounds, o)
	return errors.Join(writeTable(out, faults, verdicts), context.Cause(ctx), failures(verdicts, o.seed))
}

func parse(args []string, usage io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("faults", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.IntVar(&o.rounds, "rounds", 210, "how many rounds, shared among the faults")
	flags.Uint64Var(&o.seed, "seed", 1, "what decides, with the number of the round, when what happens")
	flags.StringVar(&o.only, "only", "", "these faults alone, separated by commas: "+strings.Join(faultNames(), ", "))
	flags.IntVar(&o.round, "round", -1, "this round alone of the one fault that -only names")
	flags.IntVar(&o.parallel, "parallel", 8, "how many rounds at once, at most 10; most of a round is waiting for Slack's pace")
	flags.BoolVar(&o.long, "long", false, "also a round with Slack away for ten minutes, and one with the database away for one")
	flags.BoolVar(&o.keep, "keep", false, "keep the logs of every round, not only of those that failed")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	switch {
	case flags.NArg() > 0 || o.rounds < 1:
		return options{}, errors.New("usage: go run ./faults [-rounds N] [-seed S] [-only FAULT,…] [-round I] [-parallel P] [-long] [-keep]")
	case o.parallel < 1 || o.parallel > len(workloads()):
		return options{}, fmt.Errorf("-parallel must be from 1 to %d: rounds that run at once scale different workloads", len(workloads()))
	case o.round >= 0 && (o.only == "" || strings.Contains(o.only, ",")):
		return options{}, errors.New("-round needs -only with one fault")
	}
	return o, nil
}
