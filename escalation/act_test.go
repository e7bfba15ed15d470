package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

func lastEntry(s *story) string { return s.entries[len(s.entries)-1].Text.ID }

func TestAnIncidentWhoseResolveNeverComesCanBeClosed(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1), alert(2))
	resolve := escalation.Action{Kind: escalation.MarkResolved, Actor: lisi}
	s.must(resolve)
	s.must(resolve)
	require.Equal(t, escalation.Quiet, s.inc.Status, "a second press of the same button is no second word")
	s.observeOf(s.now.Add(-time.Second), alert(1))
	s.pass(5 * time.Minute)
	require.Equal(t, escalation.Acknowledged, s.inc.Status)
	require.Contains(t, words(printer(t, "en"), s.sent[escalation.EntryKey(12, s.inc.Entries-1)].Card), "mark it as resolved once more")

	s.must(resolve)
	require.Equal(t, escalation.Resolved, s.inc.Status)
	require.Equal(t, s.now, s.inc.ResolvedAt)
	require.Equal(t, "escalation.entry.resolved_unheard", lastEntry(s))
	require.Contains(t, words(printer(t, "en"), header(s)), "0 firing of 2")
	s.paged()
	s.pass(23 * time.Hour)
	require.Empty(t, s.paged(), "it stays closed")
}

func TestAnIncidentThatIsHeardOfCannotBeClosedForGood(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	for range 3 {
		s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
		s.now = s.now.Add(time.Second)
		s.observe(alert(1))
		s.pass(5 * time.Minute)
		require.Equal(t, escalation.Acknowledged, s.inc.Status)
		require.Equal(t, "escalation.entry.paged", lastEntry(s))
		require.Equal(t, "escalation.entry.still_firing", s.entries[len(s.entries)-2].Text.ID)
	}
}

func TestAReopenedIncidentIsDoubtedAnew(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	s.must(escalation.Action{Kind: escalation.Reopen, Actor: lisi})
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	require.Equal(t, escalation.Quiet, s.inc.Status)
}

func TestEscalatePressedTwice(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.must(escalation.Action{Kind: escalation.Escalate, Actor: lisi})
	s.paged()
	s.now = s.now.Add(9 * time.Second)
	c, err := escalation.Act(s.policy, s.directory, s.inc, s.pages, escalation.Action{Kind: escalation.Escalate, Actor: wangwu}, s.now)
	require.NoError(t, err)
	require.True(t, c.Empty())
	s.now = s.now.Add(time.Second)
	s.must(escalation.Action{Kind: escalation.Escalate, Actor: lisi})
	require.NotEmpty(t, s.paged(), "but help can be asked for again")
}

func TestAssignRefuses(t *testing.T) {
	s := newStory(t)
	s.observe(alert(1))
	s.paged()
	refused := func(assignee, id string) {
		t.Helper()
		var refusal *escalation.Refusal
		require.ErrorAs(t, s.act(escalation.Action{Kind: escalation.Assign, Actor: zhangsan, Assignee: assignee}), &refusal)
		require.Equal(t, id, refusal.Message.ID)
		require.Empty(t, s.paged())
	}
	for _, nobody := range []string{"", "lisi", "C0INCIDENTS", "<@U0LISI>", "U0LISI\n", "U0lisi", "here"} {
		refused(nobody, "escalation.refused.assignee")
	}
	s.now = s.now.Add(time.Minute)
	s.observe(resolved(alert(1), s.now))
	s.must(escalation.Action{Kind: escalation.MarkResolved, Actor: lisi})
	s.paged()
	refused(wangwu, "escalation.refused.resolved")
}
