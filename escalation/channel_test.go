package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/internal/fixture"
	"opsbot/escalation/oncall"
	"opsbot/escalation/report"
)

// withChannels is a story in which everybody has every channel.
func withChannels(t *testing.T, channels ...oncall.Via) *fixture.Story {
	s := fixture.NewStory(t)
	table := fixture.Contacts()
	for i := range table {
		table[i].Phone, table[i].Pages = "+86 138-0000-000"+string(rune('1'+i)), channels
	}
	var err error
	s.Directory, err = oncall.NewDirectory(table)
	require.NoError(t, err)
	return s
}

func TestChannelsOfAContact(t *testing.T) {
	everything := oncall.Vias()
	for name, tt := range map[string]struct {
		contact oncall.Contact
		want    []oncall.Via
	}{
		"Slack by default":         {oncall.Contact{ID: "a", Slack: "U1", Email: "a@b.c", Phone: "+8613800000001"}, []oncall.Via{oncall.ViaSlack}},
		"all":                      {oncall.Contact{ID: "a", Slack: "U1", Email: "a@b.c", Phone: "+8613800000001", Pages: everything}, everything},
		"only a telephone":         {oncall.Contact{ID: "a", Phone: "+86 138 0000 0001", Pages: everything}, []oncall.Via{"sms", "voice", "webhook"}},
		"the handbook's telephone": {oncall.Contact{Phone: "138xxxx0001", Pages: everything}, nil},
		"their order":              {oncall.Contact{Slack: "U1", Email: "a@b.c", Pages: []oncall.Via{"email", "sms", "slack"}}, []oncall.Via{"email", "slack"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, tt.contact.Channels())
			require.Equal(t, len(tt.want) > 0, tt.contact.Reachable())
		})
	}
}

func TestAFailedPageGoesOnToTheNextChannel(t *testing.T) {
	s := withChannels(t, oncall.ViaSlack, oncall.ViaEmail, oncall.ViaSMS)
	s.Observe(fixture.Alert(1))
	require.Equal(t, []oncall.Via{oncall.ViaSlack}, s.Vias(), "one channel at first")

	s.Outcome("12/1", incident.PageFailed, "user_not_found")
	require.Equal(t, []oncall.Via{"slack", "email"}, s.Vias(), "at once")
	next := s.Pages[1]
	require.Equal(t, "12/1", next.After)
	require.Equal(t, "dba@company.com", next.Address)
	require.Equal(t, s.Pages[0].Reason, next.Reason)
	require.Equal(t, "escalation.entry.page_failed_next", lastEntry(s))
	s.Outcome("12/1", incident.PageFailed, "user_not_found")
	require.Len(t, s.Pages, 2, "told twice")

	s.Outcome("12/2", incident.PageFailed, "550 no such mailbox")
	require.Equal(t, "+8613800000002", s.Pages[2].Address)
	require.NotEqual(t, s.Now, s.Inc.DueAt, "the next person has time while a channel is left")
	s.Outcome("12/3", incident.PageFailed, "21211 not a mobile number")
	require.Len(t, s.Pages, 3, "no channel is left")
	require.Equal(t, s.Now, s.Inc.DueAt, "the next step is due")
	s.Pass(0)
	require.Equal(t, fixture.Zhangsan, s.Pages[3].Address)
}

func TestNoOtherChannelAfterTheAnswer(t *testing.T) {
	for name, answered := range map[string]func(*fixture.Story){
		"ack":     func(s *fixture.Story) { s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi}) },
		"resolve": func(s *fixture.Story) { s.Observe(fixture.Resolved(fixture.Alert(1), s.Now)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := withChannels(t, oncall.ViaSlack, oncall.ViaEmail)
			s.Observe(fixture.Alert(1))
			// The outbox writes the failure down before it reports it.
			s.Pages[0] = s.Pages[0].WithOutcome(incident.PageFailed, "user_not_found", s.Now)
			answered(s)
			s.Outcome("12/1", incident.PageFailed, "user_not_found")
			require.Len(t, s.Pages, 1)
		})
	}
}

func TestAnAnswerCancelsAllChannels(t *testing.T) {
	s := withChannels(t, oncall.ViaEmail, oncall.ViaSMS, oncall.ViaSlack)
	s.Observe(fixture.Alert(1))
	s.Outcome("12/1", incident.PageFailed, "550")
	s.Outcome("12/2", incident.PageFailed, "21211")
	s.Pass(5 * time.Minute) // the system administrator, by e-mail
	require.Equal(t, []oncall.Via{"email", "sms", "slack", "email"}, s.Vias())
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Wangwu})
	for _, p := range s.Pages[2:] {
		require.Equal(t, incident.PageCancelled, p.State, p.ID)
		require.False(t, p.OutsideSlack())
	}
	require.Equal(t, []string{incident.PageKey("12/3")}, s.Cancelled[len(s.Cancelled)-1:], "Slack's messages only")
	s.Outcome("12/4", incident.PageDelivered, "<id@company.com>")
	require.Equal(t, incident.PageAcked, s.Pages[3].State, "it crossed the answer")
	require.NotContains(t, s.Sent, incident.PageKey("12/4"), "an e-mail is no message of Slack's")
}

func TestOneMoreChannelEachTimeRound(t *testing.T) {
	s := withChannels(t, oncall.ViaSlack, oncall.ViaEmail, oncall.ViaSMS)
	s.Observe(fixture.Alert(1))
	s.Deliver()
	for s.Inc.Repeat < 3 {
		s.Pass(time.Minute)
		s.Deliver()
	}
	perRound := map[int]map[oncall.Via]bool{}
	for _, p := range s.Pages {
		if perRound[p.Repeat] == nil {
			perRound[p.Repeat] = map[oncall.Via]bool{}
		}
		perRound[p.Repeat][p.Via] = true
	}
	require.Len(t, perRound[0], 1)
	require.Len(t, perRound[1], 2)
	require.Len(t, perRound[2], 3)
}

func TestAPageThatTakesTooLongDoesNotHoldUpTheNextChannel(t *testing.T) {
	s := withChannels(t, oncall.ViaSlack, oncall.ViaEmail)
	s.Observe(fixture.Alert(1))
	s.Pages[0] = s.Pages[0].Attempted(s.Now) // Slack does not answer
	s.Pass(2*time.Minute - time.Nanosecond)
	require.Len(t, s.Pages, 1)
	s.Pass(time.Nanosecond)
	require.Equal(t, []oncall.Via{"slack", "email"}, s.Vias())
	require.Equal(t, "escalation.entry.page_late", lastEntry(s))
	s.Outcome("12/1", incident.PageFailed, "given up")
	require.Len(t, s.Pages, 2, "it has gone on already")
	s.Pass(2 * time.Minute)
	require.Len(t, s.Pages, 2, "e-mail is the last channel")
}

func TestAPersonWithoutSlackIsPagedAndOwns(t *testing.T) {
	s := fixture.NewStory(t)
	table := fixture.Contacts()
	table[1].Slack, table[1].Pages = "", []oncall.Via{"slack", "email"}
	var err error
	s.Directory, err = oncall.NewDirectory(table)
	require.NoError(t, err)
	s.Observe(fixture.Alert(1))
	require.Equal(t, []string{"dba@company.com"}, s.Paged())
	for _, o := range fixture.Header(s).Actions[3].Options {
		require.NotEqual(t, "12:", o.Value, "who is not in Slack cannot be chosen there")
	}
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: "lisi", Page: "12/1"})
	require.Equal(t, "lisi", s.Inc.Owner)
	require.Equal(t, incident.PageAcked, s.Pages[0].State, "who answers has received it")
	s.Pass(15 * time.Minute)
	require.Equal(t, []string{"dba@company.com"}, s.Paged(), "the owner is reminded where the owner is")
}

func TestAPageIsAnsweredOnce(t *testing.T) {
	s := withChannels(t, oncall.ViaEmail)
	s.Observe(fixture.Alert(1))
	ack := escalation.Action{Kind: escalation.Ack, Actor: fixture.Lisi, Page: "12/1"}
	s.Must(ack)
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.Act(ack), &refusal)
	require.Equal(t, "escalation.refused.answered", refusal.Message.ID)
	ack.Page = "12/99"
	require.ErrorAs(t, s.Act(ack), &refusal)
	require.Equal(t, "escalation.refused.no_page", refusal.Message.ID)
}

func TestTheLedgerCardTellsEachStep(t *testing.T) {
	s := withChannels(t, oncall.ViaSlack, oncall.ViaEmail, oncall.ViaSMS)
	s.Observe(fixture.Alert(1))
	s.Outcome("12/1", incident.PageFailed, "user_not_found")
	s.Outcome("12/2", incident.PageDelivered, "<page@company.com>")
	s.Now = s.Now.Add(time.Minute)
	s.Must(escalation.Action{Kind: escalation.Ack, Actor: fixture.Wangwu})
	for locale, want := range map[string][]string{
		"en": {
			"李四 · Slack · a new incident: intended 09:00:00 UTC → attempted 09:00:00 UTC → failed (user\\_not\\_found)",
			"李四 · e-mail · a new incident: intended 09:00:00 UTC (instead of 12/1) → attempted 09:00:00 UTC → received 09:00:00 UTC (&lt;page@company.com&gt;) → acknowledged 09:01:00 UTC (answered by @" + fixture.Wangwu + ")",
		},
		"zh-CN": {"李四 · 邮件 · 新事件：决定 09:00:00 UTC（接替 12/1）"},
	} {
		said := fixture.Words(fixture.Printer(t, locale), report.Timeline{Incident: s.Inc, Pages: s.Pages}.LedgerCard(s.Directory))
		for _, line := range want {
			require.Contains(t, said, line)
		}
		require.NotContains(t, said, "[escalation")
	}
}

// What becomes of a page about news says nothing about the step of the ladder that was paged meanwhile.
func TestAFailedPageAboutNewsDoesNotHurryTheLadder(t *testing.T) {
	s := fixture.NewStory(t)
	s.Observe(fixture.Alert(1))
	s.Pass(time.Minute)
	s.Observe(fixture.Alert(2))
	s.Pass(5 * time.Minute)
	ladder := len(s.Pages)
	require.Equal(t, incident.ReasonNewAlerts, s.Pages[1].Reason)
	require.Equal(t, incident.ReasonDeadline, s.Pages[ladder-1].Reason)
	s.Outcome(s.Pages[1].ID, incident.PageFailed, "user_not_found")
	s.Pass(time.Minute)
	require.Len(t, s.Pages, ladder)
}
