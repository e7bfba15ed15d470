package escalation_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/messages"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestTimelineMarkdown(t *testing.T) {
	s := newStory(t)
	a := alert(1)
	a.Annotations["summary"] = "a | b <script> `c`"
	s.observe(a)
	s.deliver()
	s.pass(5 * time.Minute)
	s.apply(escalation.Outcome(s.policy, s.directory, s.inc, s.pages, "12/2", escalation.PageFailed, "user_not_found", s.now))
	s.pass(90 * time.Second)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	s.must(escalation.Action{Kind: escalation.Record, Actor: lisi, Entry: escalation.EntryCommand,
		Text: messages.New("escalation.entry.note", "user", messages.User(lisi), "note", messages.Code("logs user --grep 'a|b'"))})
	s.pass(3 * time.Minute)
	s.must(escalation.Action{Kind: escalation.Diagnosed, Actor: lisi, Text: messages.Literal("disk full")})
	s.pass(2 * time.Minute)
	s.observe(resolved(a, s.now))
	s.pass(time.Hour)
	timeline := escalation.Timeline{Incident: s.inc, Entries: s.entries, Pages: s.pages}
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, locale := range messages.Locales() {
		t.Run(locale, func(t *testing.T) {
			got := timeline.Markdown(catalogue.Printer(locale, s.directory.Named(messages.Markdown())), s.directory)
			golden := filepath.Join("testdata", "timeline."+locale+".md")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), got), "run with -update and look at the difference")
		})
	}
}
