package report_test

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
	"opsbot/escalation/internal/fixture"
	"opsbot/messages"
)

var update = flag.Bool("update", false, "write the golden files anew")

// inEachLanguage gives a printer maker for each language, which writes people by name.
func inEachLanguage(t *testing.T, s *fixture.Story, test func(t *testing.T, locale string, printer func(messages.Format) *messages.Printer)) {
	catalogue, err := messages.Load()
	require.NoError(t, err)
	for _, locale := range messages.Locales() {
		t.Run(locale, func(t *testing.T) {
			test(t, locale, func(f messages.Format) *messages.Printer { return catalogue.Printer(locale, s.Directory.Named(f)) })
		})
	}
}

// selfContained is what a page must not have, being one file that needs no other and runs nothing.
const selfContained = `<script|<link|<img|url\(|@import|src=|href=`

func TestTimelineFiles(t *testing.T) {
	s := fixture.MendedStory(t)
	report := s.Report()
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
	s := fixture.MendedStory(t)
	draft := s.Report().Draft()
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
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Pass(90 * time.Second)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi})
	for n := range 40 {
		s.Pass(time.Second)
		s.Must(escalation.Action{Kind: escalation.Note, Actor: fixture.Lisi, Text: messages.Literal(fmt.Sprintf("note %02d", n))})
	}
	card := s.Report().Card()
	require.Len(t, card.Sections, 1)
	require.Len(t, card.Sections[0].List, 31, "the newest 30, and how many there were before")
	for locale, want := range map[string][]string{
		"en":    {"Timeline of INC-12\n", "Until acknowledged\n1m 30s\n", "Until resolved\nnot yet\n", "… 14 earlier entries are in the file\n"},
		"zh-CN": {"INC-12 的时间线\n", "确认用时\n1m 30s\n", "解决用时\n尚未\n", "… 更早的 14 条见文件\n"},
	} {
		t.Run(locale, func(t *testing.T) {
			said := fixture.Words(fixture.Printer(t, locale), card)
			for _, w := range want {
				require.Contains(t, said, w)
			}
			require.NotContains(t, said, "note 09")
			require.Less(t, strings.Index(said, "note 10"), strings.Index(said, "note 39"), "in the order in which it happened")
			require.Contains(t, said, "+2m 10s · ")
		})
	}
}
