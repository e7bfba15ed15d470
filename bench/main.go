// Command bench measures opsbot beside what people use instead, in one run on one machine, and prints a Markdown table.
//
//	go run ./bench [-only NAME] [-rounds N] [-quick]
//
// It asserts nothing: figures depend on the machine, so only the ratio between two figures of one run says something.
// docs/benchmarks.md explains each figure.
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

	"opsbot/bench/figures"
	"opsbot/bench/report"
)

// options of a run.
type options struct {
	only   string // name of one figure, "" for all
	rounds int
	quick  bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run writes the table to out and progress to progress.
func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	chosen, err := figures.Choose(o.only)
	if err != nil {
		return err
	}
	s, err := figures.NewSuite(ctx, o.quick, progress)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	before := report.Machine()
	results, err := measureAll(ctx, s, chosen, o.rounds)
	return errors.Join(err, report.WriteTable(out, before, results))
}

func parse(args []string, usage io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.StringVar(&o.only, "only", "", "measure one figure: "+strings.Join(figures.Names(), ", "))
	flags.IntVar(&o.rounds, "rounds", 3, "how often each figure is measured; the median is shown")
	flags.BoolVar(&o.quick, "quick", false, "one round of shorter loads: to see that it works, not to quote")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 || o.rounds < 1 {
		return options{}, errors.New("usage: go run ./bench [-only NAME] [-rounds N] [-quick]")
	}
	if o.quick {
		o.rounds = 1
	}
	return o, nil
}

// measureAll goes on after a figure that failed: the others took minutes too.
func measureAll(ctx context.Context, s *figures.Suite, chosen []figures.Figure, rounds int) ([]report.Result, error) {
	var results []report.Result
	var problems []error
	for _, f := range chosen {
		samples, err := measure(ctx, s, f, rounds)
		results = append(results, report.Summarise(samples)...)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", f.Name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return results, errors.Join(problems...)
}

// measure runs the rounds of one figure. What was measured before a round failed is returned with the error.
func measure(ctx context.Context, s *figures.Suite, f figures.Figure, rounds int) ([]report.Sample, error) {
	var samples []report.Sample
	for round := range rounds {
		s.Say("%s, round %d of %d", f.Name, round+1, rounds)
		found, err := f.Round(ctx, s)
		if err != nil {
			return samples, fmt.Errorf("round %d: %w", round+1, err)
		}
		samples = append(samples, found...)
	}
	return samples, nil
}
