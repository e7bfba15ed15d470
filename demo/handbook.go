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
