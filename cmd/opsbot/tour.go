package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"opsbot/slacksim"
)

// chapter is one step of the story. do returns what proves that the step happened, checked from the outside: the
// simulator's messages, the API server, PostgreSQL.
type chapter struct {
	title string
	do    func(context.Context) (proof string, err error)
}

// chapterLimit is how long one step may take before the tour gives up on it.
const chapterLimit = 2 * time.Minute

// tour walks through the story on a running demo.
type tour struct {
	*demo
	out   io.Writer
	began time.Time
	// database and rollout are the incidents' header messages.
	dbIncident, rolloutIncident slacksim.Message
	// broken is when the database was broken.
	broken time.Time
}

// runTour brings the demo up, tells the story and takes everything down. The error names the step that failed.
func runTour(ctx context.Context, o demoOptions) (err error) {
	o.Listen = "127.0.0.1:0"
	d, err := startDemo(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := d.Close(); err == nil {
			err = closeErr
		}
	}()
	t := &tour{demo: d, out: o.Out, began: time.Now()}
	return t.tell(ctx)
}

func (t *tour) tell(ctx context.Context) error {
	fmt.Fprintf(t.out, "\nThe handbook's deadlines run %d times as fast here: %s to respond instead of %s.\n",
		t.options.Speed, t.config.Escalation.Respond, handbookRespond)
	for i, c := range t.story() {
		fmt.Fprintf(t.out, "\n── %d. %s\n", i+1, c.title)
		began := time.Now()
		chapterCtx, cancel := context.WithTimeout(ctx, chapterLimit)
		proof, err := c.do(chapterCtx)
		cancel()
		if err != nil {
			fmt.Fprintf(t.out, "   ✗ %v\n", err)
			return fmt.Errorf("tour, step %d (%s): %w", i+1, c.title, err)
		}
		fmt.Fprintf(t.out, "   ✓ %s (%.1f s)\n", proof, time.Since(began).Seconds())
	}
	if violations := t.slack.Violations(); len(violations) > 0 {
		return fmt.Errorf("tour: Slack would object to %d things, the first: %v", len(violations), violations[0])
	}
	fmt.Fprintf(t.out, "\nThe whole story took %.0f s.\n", time.Since(t.began).Seconds())
	return nil
}

// says prints what a person does.
func (t *tour) says(who, what string) {
	fmt.Fprintf(t.out, "   %s %-12s %s\n", t.clock(), who+":", what)
}

// shows prints what stands in Slack, indented and shortened.
func (t *tour) shows(m slacksim.Message) {
	text := m.Text()
	if len(m.Blocks) > 0 {
		text = strings.TrimPrefix(text, m.Plain) // the blocks say it all
	}
	lines := strings.Split(strings.TrimSpace(t.readable(text)), "\n")
	const most = 24
	for i, line := range lines[:min(len(lines), most)] {
		lead := strings.Repeat(" ", 22) + "│ "
		if i == 0 {
			lead = fmt.Sprintf("   %s %-12s ┌ ", t.clock(), "opsbot:")
		}
		fmt.Fprintln(t.out, lead+line)
	}
	if len(lines) > most {
		fmt.Fprintf(t.out, "%s│ … %d more lines\n", strings.Repeat(" ", 22), len(lines)-most)
	}
}

// readable replaces what only Slack's clients can read: ids of people and moments in time.
func (t *tour) readable(text string) string {
	text = slackDate.ReplaceAllString(text, "$1")
	return slackUser.ReplaceAllStringFunc(text, func(mention string) string {
		return "@" + t.slack.User(strings.Trim(mention, "<@>")).Name()
	})
}

var (
	slackUser = regexp.MustCompile(`<@[UW][A-Z0-9]+>`)
	slackDate = regexp.MustCompile(`<!date\^[^|>]*\|([^>]*)>`)
)

func (t *tour) clock() string {
	d := time.Since(t.began)
	return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}
