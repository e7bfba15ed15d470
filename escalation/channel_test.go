package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

// withChannels is a story in which everybody has every channel.
func withChannels(t *testing.T, channels ...escalation.Via) *story {
	s := newStory(t)
	table := contacts()
	for i := range table {
		table[i].Phone, table[i].Pages = "+86 138-0000-000"+string(rune('1'+i)), channels
	}
	var err error
	s.directory, err = escalation.NewDirectory(table)
	require.NoError(t, err)
	return s
}

func TestChannelsOfAContact(t *testing.T) {
	everything := escalation.Vias()
	for name, tt := range map[string]struct {
		contact escalation.Contact
		want    []escalation.Via
	}{
		"Slack by default":         {escalation.Contact{ID: "a", Slack: "U1", Email: "a@b.c", Phone: "+8613800000001"}, []escalation.Via{escalation.ViaSlack}},
		"all":                      {escalation.Contact{ID: "a", Slack: "U1", Email: "a@b.c", Phone: "+8613800000001", Pages: everything}, everything},
		"only a telephone":         {escalation.Contact{ID: "a", Phone: "+86 138 0000 0001", Pages: everything}, []escalation.Via{"sms", "voice", "webhook"}},
		"the handbook's telephone": {escalation.Contact{Phone: "138xxxx0001", Pages: everything}, nil},
		"their order":              {escalation.Contact{Slack: "U1", Email: "a@b.c", Pages: []escalation.Via{"email", "sms", "slack"}}, []escalation.Via{"email", "slack"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, tt.contact.Channels())
			require.Equal(t, len(tt.want) > 0, tt.contact.Reachable())
		})
	}
}

func TestAFailedPageGoesOnToTheNextChannel(t *testing.T) {
	s := withChannels(t, escalation.ViaSlack, escalation.ViaEmail, escalation.ViaSMS)
	s.observe(alert(1))
	require.Equal(t, []escalation.Via{escalation.ViaSlack}, s.vias(), "one channel at first")

	s.outcome("12/1", escalation.PageFailed, "user_not_found")
	require.Equal(t, []escalation.Via{"slack", "email"}, s.vias(), "at once")
	next := s.pages[1]
	require.Equal(t, "12/1", next.After)
	require.Equal(t, "dba@company.com", next.Address)
	require.Equal(t, s.pages[0].Reason, next.Reason)
	require.Equal(t, "escalation.entry.page_failed_next", lastEntry(s))
	s.outcome("12/1", escalation.PageFailed, "user_not_found")
	require.Len(t, s.pages, 2, "told twice")

	s.outcome("12/2", escalation.PageFailed, "550 no such mailbox")
	require.Equal(t, "+8613800000002", s.pages[2].Address)
	require.NotEqual(t, s.now, s.inc.DueAt, "the next person has time while a channel is left")
	s.outcome("12/3", escalation.PageFailed, "21211 not a mobile number")
	require.Len(t, s.pages, 3, "no channel is left")
	require.Equal(t, s.now, s.inc.DueAt, "the next rung is due")
	s.pass(0)
	require.Equal(t, zhangsan, s.pages[3].Address)
}

func TestNoOtherChannelAfterTheAnswer(t *testing.T) {
	for name, answered := range map[string]func(*story){
		"ack":     func(s *story) { s.must(escalation.Action{Kind: escalation.Ack, Actor: lisi}) },
		"resolve": func(s *story) { s.observe(resolved(alert(1), s.now)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := withChannels(t, escalation.ViaSlack, escalation.ViaEmail)
			s.observe(alert(1))
			// The outbox writes the failure down before it reports it.
			s.pages[0] = s.pages[0].Reached(escalation.PageFailed, "user_not_found", s.now)
			answered(s)
			s.outcome("12/1", escalation.PageFailed, "user_not_found")
			require.Len(t, s.pages, 1)
		})
	}
}

func TestAnAnswerCancelsAllChannels(t *testing.T) {
	s := withChannels(t, escalation.ViaEmail, escalation.ViaSMS, escalation.ViaSlack)
	s.observe(alert(1))
	s.outcome("12/1", escalation.PageFailed, "550")
	s.outcome("12/2", escalation.PageFailed, "21211")
	s.pass(5 * time.Minute) // the system administrator, by e-mail
	require.Equal(t, []escalation.Via{"email", "sms", "slack", "email"}, s.vias())
	s.must(escalation.Action{Kind: escalation.Ack, Actor: wangwu})
	for _, p := range s.pages[2:] {
		require.Equal(t, escalation.PageCancelled, p.State, p.ID)
		require.False(t, p.ForCourier())
	}
	require.Equal(t, []string{escalation.PageKey("12/3")}, s.cancelled[len(s.cancelled)-1:], "Slack's messages only")
	s.outcome("12/4", escalation.PageDelivered, "<id@company.com>")
	require.Equal(t, escalation.PageAcked, s.pages[3].State, "it crossed the answer")
	require.NotContains(t, s.sent, escalation.PageKey("12/4"), "an e-mail is no message of Slack's")
}

func TestOneMoreChannelEachTimeRound(t *testing.T) {
	s := withChannels(t, escalation.ViaSlack, escalation.ViaEmail, escalation.ViaSMS)
	s.observe(alert(1))
	s.deliver()
	for s.inc.Round < 3 {
		s.pass(time.Minute)
		s.deliver()
	}
	perRound := map[int]map[escalation.Via]bool{}
	for _, p := range s.pages {
		if perRound[p.Round] == nil {
			perRound[p.Round] = map[escalation.Via]bool{}
		}
		perRound[p.Round][p.Via] = true
	}
	require.Len(t, perRound[0], 1)
	require.Len(t, perRound[1], 2)
	require.Len(t, perRound[2], 3)
}

func TestAPageThatTakesTooLongDoesNotHoldUpTheNextChannel(t *testing.T) {
	s := withChannels(t, escalation.ViaSlack, escalation.ViaEmail)
	s.observe(alert(1))
	s.pages[0] = s.pages[0].Attempted(s.now) // Slack does not answer
	s.pass(2*time.Minute - time.Nanosecond)
	require.Len(t, s.pages, 1)
	s.pass(time.Nanosecond)
	require.Equal(t, []escalation.Via{"slack", "email"}, s.vias())
	require.Equal(t, "escalation.entry.page_late", lastEntry(s))
	s.outcome("12/1", escalation.PageFailed, "given up")
	require.Len(t, s.pages, 2, "it has gone on already")
	s.pass(2 * time.Minute)
	require.Len(t, s.pages, 2, "e-mail is the last channel")
}

func TestAPersonWithoutSlackIsPagedAndOwns(t *testing.T) {
	s := newStory(t)
	table := contacts()
	table[1].Slack, table[1].Pages = "", []escalation.Via{"slack", "email"}
	var err error
	s.directory, err = escalation.NewDirectory(table)
	require.NoError(t, err)
	s.observe(alert(1))
	require.Equal(t, []string{"dba@company.com"}, s.paged())
	for _, o := range header(s).Actions[3].Options {
		require.NotEqual(t, "12:", o.Value, "who is not in Slack cannot be chosen there")
	}
	s.must(escalation.Action{Kind: escalation.Ack, Actor: "lisi", Page: "12/1"})
	require.Equal(t, "lisi", s.inc.Owner)
	require.Equal(t, escalation.PageAcked, s.pages[0].State, "who answers has received it")
	s.pass(15 * time.Minute)
	require.Equal(t, []string{"dba@company.com"}, s.paged(), "the owner is reminded where the owner is")
}

func TestAPageIsAnsweredOnce(t *testing.T) {
	s := withChannels(t, escalation.ViaEmail)
	s.observe(alert(1))
	ack := escalation.Action{Kind: escalation.Ack, Actor: lisi, Page: "12/1"}
	s.must(ack)
	var refusal *escalation.Refusal
	require.ErrorAs(t, s.act(ack), &refusal)
	require.Equal(t, "escalation.refused.answered", refusal.Message.ID)
	ack.Page = "12/99"
	require.ErrorAs(t, s.act(ack), &refusal)
	require.Equal(t, "escalation.refused.no_page", refusal.Message.ID)
}

func TestTheLedgerCardTellsEachStep(t *testing.T) {
	s := withChannels(t, escalation.ViaSlack, escalation.ViaEmail, escalation.ViaSMS)
	s.observe(alert(1))
	s.outcome("12/1", escalation.PageFailed, "user_not_found")
	s.outcome("12/2", escalation.PageDelivered, "<page@company.com>")
	s.now = s.now.Add(time.Minute)
	s.must(escalation.Action{Kind: escalation.Ack, Actor: wangwu})
	for locale, want := range map[string][]string{
		"en": {
			"李四 · Slack · a new incident: intended 09:00:00 UTC → attempted 09:00:00 UTC → failed (user\\_not\\_found)",
			"李四 · e-mail · a new incident: intended 09:00:00 UTC (instead of 12/1) → attempted 09:00:00 UTC → received 09:00:00 UTC (&lt;page@company.com&gt;) → acknowledged 09:01:00 UTC (answered by @" + wangwu + ")",
		},
		"zh-CN": {"李四 · 邮件 · 新事件：决定 09:00:00 UTC（接替 12/1）"},
	} {
		said := words(printer(t, locale), escalation.Timeline{Incident: s.inc, Pages: s.pages}.LedgerCard(s.directory))
		for _, line := range want {
			require.Contains(t, said, line)
		}
		require.NotContains(t, said, "[escalation")
	}
}

// What becomes of a page about news says nothing about the rung of the ladder that was paged meanwhile.
func TestAFailedPageAboutNewsDoesNotHurryTheLadder(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.pass(time.Minute)
	s.observe(alert(2))
	s.pass(5 * time.Minute)
	ladder := len(s.pages)
	require.Equal(t, escalation.ReasonNews, s.pages[1].Reason)
	require.Equal(t, escalation.ReasonDeadline, s.pages[ladder-1].Reason)
	s.outcome(s.pages[1].ID, escalation.PageFailed, "user_not_found")
	s.pass(time.Minute)
	require.Len(t, s.pages, ladder)
}
