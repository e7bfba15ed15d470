package app

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/app/reports"
	"opsbot/configs"
	"opsbot/handlers"
	"opsbot/handlers/operations"
	"opsbot/internal/apptest"
	"opsbot/slacksim"
)

// teller is an opsbot with one incident, in whose thread people talk.
type teller struct {
	*testing.T
	ctx    context.Context
	slack  *slacksim.Workspace
	app    *App
	header slacksim.Message
}

func newTeller(t *testing.T, change ...func(*configs.Config)) *teller {
	t.Helper()
	if testing.Short() {
		t.Skip("waits for Slack's pace of one message a second")
	}
	slack := apptest.Workspace(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	c := apptest.Config(t, slack)
	for _, f := range change {
		f(&c)
	}
	a := startApp(t, c)
	t.Cleanup(func() { require.NoError(t, a.Stop(context.WithoutCancel(ctx))) })
	require.NoError(t, slack.WaitConnected(ctx, 1))
	require.Equal(t, http.StatusOK, postAlerts(t, a.Address()))
	header, err := slack.WaitMessage(ctx, slacksim.In(incidents), slacksim.Root(), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
	return &teller{T: t, ctx: ctx, slack: slack, app: a, header: header}
}

func (s *teller) file(format operations.Format) string {
	s.Helper()
	a := s.app
	card, err := reports.Writer{Store: a.store, Texts: a.texts, Directory: a.roster.Table, People: a.people}.Timeline(s.ctx, 1, "en", format)
	require.NoError(s, err)
	require.Len(s, card.Files, 1)
	return string(card.Files[0].Content)
}

// becomes waits for a line to be on the timeline, or not to be there any more.
func (s *teller) becomes(line string, there bool) {
	s.Helper()
	require.Eventually(s, func() bool { return strings.Contains(s.file(operations.FormatMarkdown), line) == there }, 10*time.Second, 20*time.Millisecond,
		"%q on the timeline: %v", line, there)
}

func (s *teller) says(who, text string) slacksim.Message {
	s.Helper()
	m, err := s.slack.User(who).Reply(incidents, s.header.TS, text)
	require.NoError(s, err)
	return m
}

func (s *teller) hears(who string, match ...slacksim.Match) slacksim.Message {
	s.Helper()
	m, err := s.slack.User(who).WaitMessage(s.ctx, match...)
	require.NoError(s, err)
	return m
}

func TestWhatPeopleSayGoesOnTheTimeline(t *testing.T) {
	s := newTeller(t)
	system, dba := s.slack.User("system"), s.slack.User("dba")
	m := s.says("dba", "the disk of postgres-0 is full, ask @system")
	require.NoError(t, system.React(m, handlers.QuoteEmoji))
	s.becomes("李四 wrote: the disk of postgres-0 is full, ask @张三 (📌 张三)", true)
	require.NoError(t, dba.React(m, handlers.QuoteEmoji))
	require.NoError(t, system.Unreact(m, handlers.QuoteEmoji))
	require.NoError(t, second(dba.Mention(incidents, s.header.TS, "incident note WAL archiving hangs")))
	s.becomes("李四: WAL archiving hangs", true)
	s.becomes("the disk of postgres-0 is full", true)
	require.NoError(t, dba.Unreact(m, handlers.QuoteEmoji))
	s.becomes("the disk of postgres-0 is full", false)

	require.NoError(t, system.MessageShortcut(m, handlers.ShortcutTimeline))
	s.hears("system", slacksim.EphemeralTo("system"), slacksim.Containing("INC-1"))
	s.becomes("the disk of postgres-0 is full", true)
}

func TestWhatIsSaidElsewhereOrByStrangersStaysOffTheTimeline(t *testing.T) {
	s := newTeller(t)
	elsewhere, err := s.slack.User("system").Post("#general", "lunch?")
	require.NoError(t, err)
	require.NoError(t, s.slack.User("system").MessageShortcut(elsewhere, handlers.ShortcutTimeline))
	s.hears("system", slacksim.EphemeralTo("system"))
	m := s.says("dba", "secret plans")
	require.NoError(t, s.slack.User("outsider").React(m, handlers.QuoteEmoji))
	s.hears("outsider", slacksim.EphemeralTo("outsider"))
	require.NotContains(t, s.file(operations.FormatMarkdown), "secret plans")
	require.NotContains(t, s.file(operations.FormatMarkdown), "lunch")
}

func TestTimelineIsExportedIntoTheThread(t *testing.T) {
	s := newTeller(t)
	for format, ext := range map[string]string{"html": ".html", "json": ".json", "": ".md"} {
		require.NoError(t, second(s.slack.User("dba").Mention(incidents, s.header.TS, "incident timeline "+format)))
		s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Where(func(m slacksim.Message) bool {
			return len(m.Files) == 1 && strings.HasPrefix(m.Files[0].Name, "inc-1-timeline-") && strings.HasSuffix(m.Files[0].Name, ext)
		}))
	}
}

func TestThePostmortemIsAskedForAndDrafted(t *testing.T) {
	s := newTeller(t)
	s.resolve("dba")
	asked := s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Containing("the postmortem is yours"), slacksim.Containing("<@"+s.slack.User("dba").ID()+">"))
	require.NoError(t, s.slack.User("dba").Click(asked, "draft"))
	for _, ext := range []string{".md", ".html"} {
		s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Where(func(m slacksim.Message) bool {
			return len(m.Files) == 1 && strings.HasPrefix(m.Files[0].Name, "inc-1-postmortem-") && strings.HasSuffix(m.Files[0].Name, ext)
		}))
	}
	draft := s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Containing("Postmortem of INC-1 (draft)"))
	require.NoError(t, s.slack.User("dba").Click(draft, "postmortem"))
	s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Containing("closed the postmortem"))
}

func TestThePostmortemIsWrittenTogetherInACanvas(t *testing.T) {
	s := newTeller(t)
	s.slack.Inject(slacksim.Fault{Method: "canvases.create", Kind: slacksim.FaultError, Code: "free_teams_cannot_create_standalone_canvases"})
	require.NoError(t, second(s.slack.User("dba").Mention(incidents, s.header.TS, "incident postmortem canvas")))
	s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Containing("no canvases for apps (free_teams_cannot_create_standalone_canvases)"))
	s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Where(func(m slacksim.Message) bool {
		return len(m.Files) == 1 && strings.HasPrefix(m.Files[0].Name, "inc-1-postmortem-")
	}))
	require.NoError(t, second(s.slack.User("dba").Mention(incidents, s.header.TS, "incident postmortem canvas")))
	s.hears("dba", slacksim.InThread(s.header.TS), slacksim.Containing("opened a canvas for the postmortem"))
	s.becomes("opened a canvas for the postmortem", true)
}

func TestStakeholdersAreKeptUpToDate(t *testing.T) {
	s := newTeller(t, func(c *configs.Config) { c.Incident.UpdatesChannel = "general" })
	first := s.hears("outsider", slacksim.In("#general"), slacksim.Containing("INC-1 · critical · postgres"), slacksim.Containing("somebody is being called"))
	require.NoError(t, s.slack.User("dba").Click(s.header, "ack"))
	require.NoError(t, second(s.slack.User("dba").Mention(incidents, s.header.TS, "incident update orders are late, none is lost")))
	s.hears("outsider", slacksim.In("#general"), slacksim.Containing("looking for the cause"), slacksim.Containing("orders are late, none is lost"),
		slacksim.Where(func(m slacksim.Message) bool { return m.TS == first.TS }))
}

func TestAWrongChannelForStakeholdersKeepsNobodyFromBeingPaged(t *testing.T) {
	s := newTeller(t, func(c *configs.Config) { c.Incident.UpdatesChannel = "no-such-channel" })
	_, err := s.slack.WaitMessage(s.ctx, slacksim.In("@dba"), slacksim.Containing("postgres is down"))
	require.NoError(t, err)
}

// resolve ends the alert, and lets somebody say that it is over.
func (s *teller) resolve(who string) {
	s.Helper()
	require.NoError(s, s.slack.User(who).Click(s.header, "ack"))
	status, err := deliverStatus(s.ctx, s.app.Address(), "postgres", "resolved", "2026-01-02T03:14:05Z")
	require.NoError(s, err)
	require.Equal(s, http.StatusOK, status)
	s.becomes("All alerts have resolved", true)
	require.Eventually(s, func() bool { return s.slack.User(who).Click(s.header, "resolve") == nil }, 10*time.Second, 20*time.Millisecond)
}

func second[T any](_ T, err error) error { return err }
