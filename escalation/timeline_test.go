package escalation_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/messages"
)

var update = flag.Bool("update", false, "write the golden files anew")

// mendedStory is an incident from its alert to its resolution.
func mendedStory(t *testing.T) *story {
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
	s.must(escalation.Action{Kind: escalation.AddFollowUp, Actor: zhangsan,
		FollowUp: escalation.FollowUp{Text: "alert on <b>growth</b> of the WAL", Owner: lisi, DueAt: start.Add(7 * 24 * time.Hour)}})
	s.must(escalation.Action{Kind: escalation.AddFollowUp, Actor: lisi, FollowUp: escalation.FollowUp{Text: "write a runbook", Owner: lisi}})
	s.must(escalation.Action{Kind: escalation.FinishFollowUp, Actor: lisi, FollowUp: escalation.FollowUp{Number: 2}})
	return s
}

func (s *story) report() escalation.Report {
	return escalation.Timeline{Incident: s.inc, Entries: s.entries, Pages: s.pages}.Report(s.directory)
}

// inEachLanguage gives a printer maker for each language, which writes people by name.
func inEachLanguage(t *testing.T, s *story, test func(t *testing.T, locale string, printer func(messages.Format) *messages.Printer)) {
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, locale := range messages.Locales() {
		t.Run(locale, func(t *testing.T) {
			test(t, locale, func(f messages.Format) *messages.Printer { return catalogue.Printer(locale, s.directory.Named(f)) })
		})
	}
}

// selfContained is what a page must not have, being one file that needs no other and runs nothing.
const selfContained = `<script|<link|<img|url\(|@import|src=|href=`

func TestTimelineFiles(t *testing.T) {
	s := mendedStory(t)
	report := s.report()
	inEachLanguage(t, s, func(t *testing.T, locale string, printer func(messages.Format) *messages.Printer) {
		golden(t, "timeline."+locale+".md", []byte(report.Markdown(printer(messages.Markdown()))))
		page := report.HTML(printer(messages.HTML()))
		golden(t, "timeline."+locale+".html", body(page))
		require.NotRegexp(t, selfContained, string(page))
		data, err := report.JSON(printer(messages.Plain()))
		require.NoError(t, err)
		golden(t, "timeline."+locale+".json", data)
	})
}

func TestPostmortemDraft(t *testing.T) {
	s := mendedStory(t)
	draft := s.report().Draft()
	inEachLanguage(t, s, func(t *testing.T, locale string, printer func(messages.Format) *messages.Printer) {
		golden(t, "postmortem."+locale+".md", []byte(draft.Markdown(printer(messages.Markdown()))))
		page := draft.HTML(printer(messages.HTML()))
		golden(t, "postmortem."+locale+".html", body(page))
		require.NotRegexp(t, selfContained, string(page))
	})
}

// body leaves out what is the same on every page.
func body(page []byte) []byte { return page[bytes.Index(page, []byte("<main>")):] }

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(got)), "run with -update and look at the difference")
}

func TestTimelineCard(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.pass(90 * time.Second)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi})
	for n := range 40 {
		s.pass(time.Second)
		s.must(escalation.Action{Kind: escalation.Note, Actor: lisi, Text: messages.Literal(fmt.Sprintf("note %02d", n))})
	}
	card := s.report().Card()
	require.Len(t, card.Sections, 1)
	require.Len(t, card.Sections[0].List, 31, "the newest 30, and how many there were before")
	for locale, want := range map[string][]string{
		"en":    {"Timeline of INC-12\n", "Until acknowledged\n1m 30s\n", "Until resolved\nnot yet\n", "… 14 earlier entries are in the file\n"},
		"zh-CN": {"INC-12 的时间线\n", "确认用时\n1m 30s\n", "解决用时\n尚未\n", "… 更早的 14 条见文件\n"},
	} {
		t.Run(locale, func(t *testing.T) {
			said := words(printer(t, locale), card)
			for _, w := range want {
				require.Contains(t, said, w)
			}
			require.NotContains(t, said, "note 09")
			require.Less(t, strings.Index(said, "note 10"), strings.Index(said, "note 39"), "in the order in which it happened")
			require.Contains(t, said, "+2m 10s · ")
		})
	}
}
