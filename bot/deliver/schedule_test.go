package deliver

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"opsbot/bot/slacktest"
	"opsbot/messages"
)

func post(id int64, lane messages.Lane, channel string) Row {
	return Row{ID: id, Outbound: messages.Outbound{Lane: lane, Channel: channel}, Version: 1}
}

func edit(id int64, lane messages.Lane, channel string) Row {
	r := post(id, lane, channel)
	r.PostedChannel, r.TS, r.SentVersion, r.Version = channel, "1.000001", 1, 2
	return r
}

func ids(rows []Row) (out []int64) {
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}

// drain picks until time has passed, finishing each row after took, and returns when each row went out.
func drain(s *schedule, rows []Row, took time.Duration) map[int64]time.Duration {
	sent := map[int64]time.Duration{}
	flying := map[time.Time][]Row{}
	for now := slacktest.Noon(); now.Before(slacktest.Noon().Add(10 * time.Minute)); now = now.Add(10 * time.Millisecond) {
		for _, r := range flying[now] {
			s.finish(r, time.Time{})
		}
		var due []Row
		for _, r := range rows {
			if _, done := sent[r.ID]; !done {
				due = append(due, r)
			}
		}
		if len(due) == 0 {
			return sent
		}
		start, _ := s.pick(now, due)
		for _, r := range start {
			sent[r.ID] = now.Sub(slacktest.Noon())
			flying[now.Add(took)] = append(flying[now.Add(took)], r)
		}
	}
	return sent
}

func TestPostsToOneChannelGoInOrderAndOneAtATime(t *testing.T) {
	s := newSchedule(newBudget(5), 8)
	due := []Row{post(1, messages.LaneEntry, "C1"), post(2, messages.LaneEntry, "C1"), post(3, messages.LaneEntry, "C2")}

	start, _ := s.pick(slacktest.Noon(), due)
	if diff := cmp.Diff([]int64{1, 3}, ids(start)); diff != "" {
		t.Fatalf("first pick (-want +got):\n%s", diff)
	}
	if start, _ := s.pick(slacktest.Noon(), due); len(start) != 0 {
		t.Fatalf("picked %v while a post to C1 is on its way", ids(start))
	}
	s.finish(due[0], time.Time{})
	start, _ = s.pick(slacktest.Noon(), due[1:])
	if diff := cmp.Diff([]int64{2}, ids(start)); diff != "" {
		t.Fatalf("after the first post (-want +got):\n%s", diff)
	}
}

func TestPageOvertakesInTheSameChannel(t *testing.T) {
	s := newSchedule(newBudget(1), 8)
	due := []Row{post(9, messages.LanePage, "C1"), post(1, messages.LaneHeader, "C1"), post(2, messages.LaneEntry, "C1")}
	sent := drain(s, due, 10*time.Millisecond)
	if sent[9] != 0 || sent[1] < time.Second || sent[2] < sent[1]+time.Second {
		t.Errorf("page at %v, header at %v, entry at %v", sent[9], sent[1], sent[2])
	}
	if sent[2] > 3*time.Second {
		t.Errorf("the third message of a channel went out after %v", sent[2])
	}
}

func TestFailedPostHoldsItsChannelBack(t *testing.T) {
	s := newSchedule(newBudget(5), 8)
	first, second := post(1, messages.LaneEntry, "C1"), post(2, messages.LaneEntry, "C1")
	s.pick(slacktest.Noon(), []Row{first, second})
	until := slacktest.Noon().Add(4 * time.Second)
	s.finish(first, until)

	start, next := s.pick(slacktest.Noon().Add(time.Second), []Row{second}) // the first is not due again yet
	if len(start) != 0 || !next.Equal(until) {
		t.Fatalf("picked %v, next %v: a later post may not overtake a failed one", ids(start), next)
	}
	start, _ = s.pick(until, []Row{first, second})
	if diff := cmp.Diff([]int64{1}, ids(start)); diff != "" {
		t.Fatalf("after the wait (-want +got):\n%s", diff)
	}
}

func TestEditsDoNotWaitForPosts(t *testing.T) {
	s := newSchedule(newBudget(1), 8)
	s.pick(slacktest.Noon(), []Row{post(1, messages.LaneEntry, "C1")})
	start, _ := s.pick(slacktest.Noon(), []Row{edit(2, messages.LaneHeader, "C1")})
	if diff := cmp.Diff([]int64{2}, ids(start)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

func TestEditsOfOneMessageAreSpaced(t *testing.T) {
	s := newSchedule(newBudget(1), 8)
	row := edit(1, messages.LaneUpdate, "C1")
	var times []time.Duration
	for now := slacktest.Noon(); now.Before(slacktest.Noon().Add(10 * time.Second)); now = now.Add(50 * time.Millisecond) {
		if start, _ := s.pick(now, []Row{row}); len(start) == 1 {
			times = append(times, now.Sub(slacktest.Noon()))
			s.finish(row, time.Time{})
		}
	}
	if len(times) < 8 || len(times) > 10 {
		t.Errorf("%d edits in 10 s, want one at once, one right after and then one every 1.2 s: %v", len(times), times)
	}
	for i := 2; i < len(times); i++ {
		if gap := times[i] - times[i-1]; gap < editSpacing-50*time.Millisecond { // the step of this clock
			t.Errorf("edits %v apart", gap)
		}
	}
}

func TestEditsShareTheTierFairly(t *testing.T) {
	s := newSchedule(newBudget(1), 8)
	rows := []Row{edit(1, messages.LaneUpdate, "C1"), edit(2, messages.LaneUpdate, "C1"), edit(3, messages.LaneUpdate, "C1")}
	count := map[int64]int{}
	total := 0
	for now := slacktest.Noon(); now.Before(slacktest.Noon().Add(3 * time.Minute)); now = now.Add(50 * time.Millisecond) {
		start, _ := s.pick(now, rows)
		for _, r := range start {
			count[r.ID]++
			total++
			s.finish(r, time.Time{})
		}
	}
	if total > 3*50 {
		t.Errorf("%d edits in 3 min, chat.update allows 150 (SF-6 tier 3)", total)
	}
	for id, n := range count {
		if n < total/3-5 {
			t.Errorf("message %d was edited %d of %d times", id, n, total)
		}
	}
}

func TestHeaderLeavesEditsToItsThread(t *testing.T) {
	s := newSchedule(newBudget(1), 8)
	rows := []Row{edit(1, messages.LaneHeader, "C1"), edit(2, messages.LaneEntry, "C1")}
	last := map[int64]time.Time{1: slacktest.Noon(), 2: slacktest.Noon()}
	for now := slacktest.Noon(); now.Before(slacktest.Noon().Add(3 * time.Minute)); now = now.Add(50 * time.Millisecond) {
		start, _ := s.pick(now, rows)
		for _, r := range start {
			if gap := now.Sub(last[r.ID]); gap > 3*time.Second {
				t.Errorf("message %d was not edited for %v, at %v", r.ID, gap, now.Sub(slacktest.Noon()))
			}
			last[r.ID] = now
			s.finish(r, time.Time{})
		}
	}
}

func TestRetryAfterClosesTheMethod(t *testing.T) {
	b := newBudget(5)
	s := newSchedule(b, 8)
	b.close(methodPost, slacktest.Noon().Add(7*time.Second))
	start, next := s.pick(slacktest.Noon(), []Row{post(1, messages.LanePage, "C1"), edit(2, messages.LaneHeader, "C1")})
	if diff := cmp.Diff([]int64{2}, ids(start)); diff != "" {
		t.Fatalf("only chat.postMessage is closed (SF-5.2) (-want +got):\n%s", diff)
	}
	if !next.Equal(slacktest.Noon().Add(7 * time.Second)) {
		t.Errorf("next at %v", next)
	}
}

// Whatever is due, no channel gets more than its pace, each channel keeps the order of its lane, and all is sent.
func TestScheduleProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(1, 5).Draw(t, "burst")
		s := newSchedule(newBudget(burst), rapid.IntRange(1, 8).Draw(t, "width"))
		var rows []Row
		for lane := messages.LanePage; lane <= messages.LaneUpdate; lane++ {
			for range rapid.IntRange(0, 6).Draw(t, "rows") {
				channel := rapid.SampledFrom([]string{"C1", "C2", "U3"}).Draw(t, "channel")
				rows = append(rows, post(int64(len(rows)+1), lane, channel))
			}
		}
		sent := drain(s, rows, 10*time.Millisecond*time.Duration(rapid.IntRange(1, 50).Draw(t, "took")))
		if len(sent) != len(rows) {
			t.Fatalf("%d of %d rows sent", len(sent), len(rows))
		}
		perChannel := map[string][]time.Duration{}
		for i, r := range rows { // rows are in lane order, then age
			at := perChannel[r.Channel]
			if len(at) > 0 && sent[r.ID] < at[len(at)-1] {
				t.Fatalf("row %d overtook an earlier one", i)
			}
			perChannel[r.Channel] = append(at, sent[r.ID])
		}
		for channel, at := range perChannel {
			for i := burst; i < len(at); i++ {
				if at[i]-at[i-burst] < time.Second {
					t.Fatalf("%s: %d messages within a second (burst %d)", channel, burst+1, burst)
				}
			}
		}
	})
}

// A direct message is one channel, whether it is called by the user's id or by its own.
func TestDirectMessagesShareOneBudget(t *testing.T) {
	b := newBudget(2)
	require.Zero(t, b.takePost(methodPost, "U1", slacktest.Noon()))
	b.mergeDM("U1", "D1")
	require.Zero(t, b.takePost(methodPost, "D1", slacktest.Noon()))
	require.NotZero(t, b.takePost(methodPost, "U1", slacktest.Noon()))
	require.Zero(t, b.takePost(methodPost, "U2", slacktest.Noon()))
}
