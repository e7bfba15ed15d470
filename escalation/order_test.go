package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
)

func TestOvertakenReportsDoNotReopen(t *testing.T) {
	s := newStory(t)
	a := alert(1)
	s.observe(a)
	sent := s.now.Add(10*time.Minute - time.Second)
	s.now = s.now.Add(10 * time.Minute)
	s.observe(resolved(a, s.now))
	s.now = s.now.Add(2 * time.Minute)
	s.observeOf(sent, a)
	require.Equal(t, escalation.Quiet, s.inc.Status, "it was received before the resolve, but journaled after it")
	older := a
	older.StartsAt = a.StartsAt.Add(-time.Hour)
	s.observeOf(sent, older)
	require.Equal(t, escalation.Quiet, s.inc.Status)

	late := alert(2)
	s.observe(resolved(late, s.now))
	s.observe(late)
	require.False(t, s.inc.Alerts[late.Fingerprint].Firing, "its resolve came first")
}

func TestRefireWithTheOldStart(t *testing.T) {
	for name, tt := range map[string]struct{ since, start time.Duration }{
		"at once":                           {time.Second, 0},
		"within a minute":                   {20 * time.Second, 0},
		"later":                             {3 * time.Minute, 0},
		"of a Prometheus that saw it first": {20 * time.Second, -time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			a := alert(1)
			s.observe(a)
			s.now = s.now.Add(10 * time.Minute)
			s.observe(resolved(a, s.now))
			s.now = s.now.Add(tt.since)
			a.StartsAt = a.StartsAt.Add(tt.start)
			s.observe(a)
			require.Equal(t, escalation.Open, s.inc.Status, "Prometheus sends it again after Alertmanager had given it up")
		})
	}
}

func TestReportsOfABatchKeepTheirTimes(t *testing.T) {
	s := newStory(t)
	a := alert(1)
	s.observe(a)
	s.now = s.now.Add(10 * time.Minute)
	ended := s.now.Add(-time.Minute)
	s.take(delivery(ended, resolved(a, ended)), delivery(ended.Add(-time.Second), a), delivery(s.now, alert(2)))
	require.False(t, s.inc.Alerts[a.Fingerprint].Firing, "the delivery that was overtaken does not take the time of the batch's last")
	require.Equal(t, ended, s.inc.Alerts[a.Fingerprint].ChangedAt)
	s.take(delivery(s.now, a))
	require.True(t, s.inc.Alerts[a.Fingerprint].Firing)
}

func TestOpenedByWhatIsOverAlready(t *testing.T) {
	s := newStory(t)
	s.take(delivery(s.now, resolved(alert(1), s.now)), delivery(s.now.Add(-time.Second), alert(1)))
	require.Equal(t, escalation.Quiet, s.inc.Status)
	require.Empty(t, s.paged(), "nobody is called for what is over")
}

func TestResolveOfWhicheverStart(t *testing.T) {
	for name, tt := range map[string]struct {
		start, end time.Duration
		want       escalation.Status
	}{
		"the same start":               {0, time.Minute, escalation.Quiet},
		"an earlier start":             {-5 * time.Minute, time.Minute, escalation.Quiet},
		"a later start":                {30 * time.Second, time.Minute, escalation.Quiet},
		"over before it began":         {-5 * time.Minute, -time.Minute, escalation.Open},
		"over just when it began":      {-5 * time.Minute, 0, escalation.Open},
		"of no length, but this start": {0, 0, escalation.Quiet},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			a := alert(1)
			s.observe(a)
			s.now = s.now.Add(2 * time.Minute)
			a.StartsAt = start.Add(tt.start)
			s.observe(resolved(a, start.Add(tt.end)))
			require.Equal(t, tt.want, s.inc.Status)
		})
	}
}

func TestAnEarlierStartIsAnUpdate(t *testing.T) {
	s := newStory(t)
	a := alert(1)
	s.observe(a)
	s.paged()
	s.now = s.now.Add(time.Minute)
	a.StartsAt = start.Add(-time.Minute)
	s.observe(a)
	require.Equal(t, a.StartsAt, s.inc.Alerts[a.Fingerprint].StartsAt)
	require.Empty(t, s.paged())
}

func TestTruncatedIsKeptCurrent(t *testing.T) {
	s := newStory(t)
	n := delivery(s.now, alert(1))
	s.take(n)
	n.Truncated = 7
	s.take(n)
	require.Equal(t, 7, s.inc.Truncated)
	require.Contains(t, words(printer(t, "en"), header(s)), "7 more alerts are not listed")
	require.Contains(t, words(printer(t, "zh-CN"), header(s)), "另有 7 个告警未列出")
}
