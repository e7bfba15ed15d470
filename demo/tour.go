package demo

import (
	"context"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"time"

	"opsbot/messages"
	"opsbot/slacksim"
)

// chapter is one step of the story. do returns what proves that the step happened, checked from the outside: the
// simulator's messages, the API server, PostgreSQL.
type chapter struct {
	title messages.Text
	do    func(context.Context) (proof messages.Text, err error)
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
	// plan is the message that asks for a second person.
	plan slacksim.Message
	// broken is when the database was broken.
	broken time.Time
}

// RunTour brings the demo up, tells the story and takes everything down. The error names the step that failed. With
// o.Until the story stops after that step and everything keeps running until ctx is done.
func RunTour(ctx context.Context, o Options) (err error) {
	d, err := startDemo(ctx, o)
	if err != nil {
		return err
	}
	defer d.closeInto(&err)
	t := &tour{demo: d, out: o.Out, began: time.Now()}
	if err := t.tell(ctx); err != nil {
		return err
	}
	if o.Until > 0 {
		t.say(messages.New("tour.until", "step", o.Until, "url", d.slack.URL()))
		<-ctx.Done()
	}
	return nil
}

func (t *tour) tell(ctx context.Context) error {
	t.say(messages.New("tour.deadlines", "factor", t.options.Speed, "respond", t.config.Escalation.Respond, "handbook", handbookRespond))
	for i, c := range t.story() {
		if t.options.Until > 0 && i == t.options.Until {
			break
		}
		if err := t.step(ctx, i+1, c); err != nil {
			return err
		}
	}
	if violations := t.slack.Violations(); len(violations) > 0 {
		return fmt.Errorf("tour: Slack would object to %d things, the first: %v", len(violations), violations[0])
	}
	t.say(messages.New("tour.end", "took", time.Since(t.began)))
	return nil
}

func (t *tour) step(ctx context.Context, number int, c chapter) error {
	title := t.printer.Text(c.title)
	fmt.Fprintf(t.out, "\n── %d. %s\n", number, title)
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, chapterLimit)
	defer cancel()
	proof, err := c.do(ctx)
	if err != nil {
		fmt.Fprintf(t.out, "   ✗ %v\n", err)
		return fmt.Errorf("tour, step %d (%s): %w", number, title, err)
	}
	fmt.Fprintf(t.out, "   ✓ %s (%.1f s)\n", t.printer.Text(proof), time.Since(began).Seconds())
	return nil
}

// says prints what a person does; who is a person's key in the workspace, or the pipeline that deploys.
func (t *tour) says(who string, what messages.Text) {
	if who != "pipeline" {
		who = t.slack.User(who).Name()
	}
	fmt.Fprintf(t.out, "   %s %-10s %s\n", t.clock(), who+":", t.printer.Text(what))
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
		lead := strings.Repeat(" ", 20) + "│ "
		if i == 0 {
			lead = fmt.Sprintf("   %s %-10s ┌ ", t.clock(), "opsbot:")
		}
		fmt.Fprintln(t.out, lead+line)
	}
	if len(lines) > most {
		fmt.Fprintf(t.out, "%s│ … %d more lines\n", strings.Repeat(" ", 20), len(lines)-most)
	}
}

// readable replaces what only Slack's clients can read: ids of people, moments in time, and escaped characters.
func (t *tour) readable(text string) string {
	text = slackDate.ReplaceAllString(text, "$1")
	text = slackUser.ReplaceAllStringFunc(text, func(mention string) string {
		return "@" + t.slack.User(strings.Trim(mention, "<@>")).Name()
	})
	return html.UnescapeString(text)
}

var (
	slackUser = regexp.MustCompile(`<@[UW][A-Z0-9]+>`)
	slackDate = regexp.MustCompile(`<!date\^[^|>]*\|([^>]*)>`)
)

func (t *tour) clock() string {
	d := time.Since(t.began)
	return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}
