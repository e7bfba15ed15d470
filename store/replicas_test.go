package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/messages"
	"opsbot/store/leadership"
	"opsbot/store/sqldb"
)

// quick makes the tests' replicas notice in a fraction of a second what takes real ones some.
var quick = Options{Beat: 100 * time.Millisecond}

const (
	soon = 10 * time.Second
	// beatsToLose is how many missed beats cost a replica its leadership.
	beatsToLose = 5
)

// candidate is a replica that leads when it may.
type candidate struct {
	*Store
	t     *testing.T
	leads chan bool
	stop  func()
}

func stand(t *testing.T, s *Store) *candidate {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := &candidate{Store: s, t: t, leads: make(chan bool, 16)}
	var running sync.WaitGroup
	running.Go(func() {
		err := s.Lead(ctx, func(ctx context.Context) error {
			c.leads <- true
			<-ctx.Done()
			c.leads <- false
			return ctx.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	c.stop = func() { cancel(); running.Wait() }
	t.Cleanup(c.stop)
	return c
}

// becomes waits until c leads, or does not any more.
func (c *candidate) becomes(leader bool) {
	c.t.Helper()
	select {
	case got := <-c.leads:
		require.Equal(c.t, leader, got)
	case <-time.After(soon):
		require.Fail(c.t, "nothing changes")
	}
}

func (c *candidate) staysOut() {
	c.t.Helper()
	select {
	case <-c.leads:
		require.Fail(c.t, "two lead")
	case <-time.After(3 * beatsToLose * quick.Beat):
	}
}

func openReplica(t *testing.T, url string) *Store {
	t.Helper()
	return openWith(t, url, quick)
}

func openWith(t *testing.T, url string, options Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestOneLeads(t *testing.T) {
	url := postgresURL(t)
	first := stand(t, openReplica(t, url))
	first.becomes(true)
	second := stand(t, openReplica(t, url))
	second.staysOut()
	require.True(t, first.Leading())
	require.False(t, second.Leading())
}

// Whoever stops says so: the next one leads sooner than the missed beats would tell.
func TestTheNextLeadsAsSoonAsOneStops(t *testing.T) {
	url, beat := postgresURL(t), Options{Beat: soon / 4}
	require.Greater(t, beatsToLose*beat.Beat, soon, "becomes would wait for missed beats too")
	first := stand(t, openWith(t, url, beat))
	first.becomes(true)
	second := stand(t, openWith(t, url, beat))
	second.staysOut()
	first.stop()
	second.becomes(true)
	require.False(t, first.Leading())
}

func TestLeaderIsCutOff(t *testing.T) {
	url := postgresURL(t)
	lost, server := cabled(t, url, quick)
	first := stand(t, lost)
	first.becomes(true)
	second := stand(t, openReplica(t, url))
	server.Cut()
	second.becomes(true)
	require.True(t, first.Leading(), "it cannot know, and nothing it does can reach the database")
	server.Mend()
	first.becomes(false)
	first.staysOut()
	require.False(t, first.Leading())
	second.stop()
	first.becomes(true)
}

// The database is away for everybody: whoever led goes on.
func TestServerAwayChangesNoLeader(t *testing.T) {
	url := postgresURL(t)
	one, cableOne := cabled(t, url, quick)
	two, cableTwo := cabled(t, url, quick)
	first := stand(t, one)
	first.becomes(true)
	second := stand(t, two)
	cableOne.Cut()
	cableTwo.Cut()
	second.staysOut()
	cableOne.Mend()
	require.Eventually(t, func() bool {
		_, err := one.db.Writes.Exec(t.Context(), `UPDATE replicas SET beat = beat + 1 WHERE id = ?`, one.id)
		return err == nil
	}, soon, time.Millisecond)
	cableTwo.Mend()
	second.staysOut()
	require.Empty(t, first.leads)
}

// A leader that was replaced without noticing yet must not begin to send what the next one sends.
func TestWhoLedCannotBeginToSend(t *testing.T) {
	url := postgresURL(t)
	before, server := cabled(t, url, quick)
	first := stand(t, before)
	first.becomes(true)
	require.NoError(t, before.Put(t.Context(), outbound("begun", messages.LaneEntry, "C1", "x"), outbound("next", messages.LaneEntry, "C2", "x")))
	rows, _, err := before.Outbox().Due(t.Context(), start, 10)
	require.NoError(t, err)
	require.NoError(t, before.Outbox().Begin(t.Context(), rows[0].ID, 1, start))

	after := openReplica(t, url)
	server.Cut()
	second := stand(t, after)
	second.becomes(true)
	server.Mend()
	require.Eventually(t, func() bool {
		err = before.Outbox().Begin(t.Context(), rows[1].ID, 1, start)
		return !errors.Is(err, sqldb.ErrAway)
	}, soon, 10*time.Millisecond)
	require.ErrorIs(t, err, leadership.ErrSuperseded)
	require.ErrorIs(t, before.Outbox().Retry(t.Context(), rows[0].ID, start, false, "x"), leadership.ErrSuperseded)
	require.ErrorIs(t, before.Outbox().Fail(t.Context(), rows[0].ID, 1, "x", start), leadership.ErrSuperseded)

	now := time.Now()
	require.Equal(t, []string{"next"}, dueKeys(t, after.Outbox(), now), "what was begun rests until its request must have ended")
	require.Equal(t, []string{"begun", "next"}, dueKeys(t, after.Outbox(), now.Add(lostSenderPause)))
	require.NoError(t, before.Outbox().Done(t.Context(), rows[0].ID, 1, "C1", "1.1", start), "what Slack shows is so")
	require.Equal(t, []string{"next"}, dueKeys(t, after.Outbox(), now.Add(lostSenderPause)))
}

func TestCallsOfAReplicaThatIsGone(t *testing.T) {
	url := postgresURL(t)
	leader := openReplica(t, url)
	stand(t, leader).becomes(true)
	lost, server := cabled(t, url, quick)
	for _, r := range []calls.Record{
		{ID: "runs", SourceID: "1", State: calls.Running, CreatedAt: start},
		{ID: "waits", SourceID: "2", State: calls.Approval, CreatedAt: start},
		{ID: "accepted", SourceID: "3", State: calls.Accepted, CreatedAt: start.Add(time.Second)},
	} {
		require.NoError(t, lost.Create(t.Context(), r, audit.Event{Action: "requested"}))
	}
	require.NoError(t, leader.Create(t.Context(), calls.Record{ID: "own", SourceID: "4", State: calls.Running}, audit.Event{}))
	abandoned := func() (ids []string) {
		list, err := leader.Abandoned(t.Context())
		require.NoError(t, err)
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return ids
	}
	require.Empty(t, abandoned())
	server.Cut()
	require.Eventually(t, func() bool { return len(abandoned()) > 0 }, soon, 10*time.Millisecond)
	require.Equal(t, []string{"runs", "accepted"}, abandoned())
	server.Mend()
	require.Eventually(t, func() bool { return len(abandoned()) == 0 }, soon, 10*time.Millisecond, "it was cut off, not dead")
}

func TestCallsOfTheRunBefore(t *testing.T) {
	url := fileURL(t)
	s, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Create(t.Context(), calls.Record{ID: "c", SourceID: "1", State: calls.Running}, audit.Event{}))
	list, err := s.Abandoned(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)
	require.NoError(t, s.Close())
	list, err = openURL(t, url).Abandoned(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
}

// A follower's delivery is looked at by the leader at once, not with its next beat.
func TestFollowerWakesTheLeader(t *testing.T) {
	url := postgresURL(t)
	leader, err := Open(t.Context(), url, Options{Beat: time.Minute})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, leader.Close()) })
	stand(t, leader).becomes(true)
	follower := openURL(t, url)
	<-leader.Woken() // it listens
	_, err = follower.Append(t.Context(), start, []byte("x"))
	require.NoError(t, err)
	select {
	case <-leader.Woken():
	case <-time.After(soon):
		require.Fail(t, "nobody told the leader")
	}
}

// Whoever listens hears also after a long silence, in which it asks whether the server is still there.
func TestListensThroughSilence(t *testing.T) {
	url := postgresURL(t)
	core, logs := observer.New(zap.WarnLevel)
	listening, err := Open(t.Context(), url, Options{Beat: 10 * time.Millisecond, Log: zap.New(core)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listening.Close()) })
	<-listening.Woken()
	require.Never(t, func() bool { return logs.FilterMessageSnippet("notifications").Len() > 0 }, 3*30*10*time.Millisecond, 50*time.Millisecond)
	_, err = openURL(t, url).Append(t.Context(), start, []byte("x"))
	require.NoError(t, err)
	select {
	case <-listening.Woken():
	case <-time.After(soon):
		require.Fail(t, "nothing is heard")
	}
}

// Two replicas work on the same things at once: nothing is lost, done twice, or breaks the chain of the audit record.
func TestReplicasAtOnce(t *testing.T) {
	url := postgresURL(t)
	replicas := []*Store{openReplica(t, url), openReplica(t, url)}
	const journaled, audits, incidents = 40, 40, 20
	var ids []int64
	for range journaled {
		id, err := replicas[0].Append(t.Context(), start, []byte("x"))
		require.NoError(t, err)
		ids = append(ids, id)
	}
	var mu sync.Mutex
	processed, numbers := map[int64]int{}, map[int64]int{}
	var all sync.WaitGroup
	for _, s := range replicas {
		all.Go(func() {
			for _, id := range ids {
				err := s.Apply(t.Context(), escalation.Change{Processed: []int64{id}})
				switch {
				case err == nil:
					mu.Lock()
					processed[id]++
					mu.Unlock()
				case !errors.Is(err, incident.ErrConflict):
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range audits {
				if err := s.Audit(t.Context(), audit.Event{Action: "x"}); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range incidents {
				number, err := s.NextNumber(t.Context())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				numbers[number]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	require.Len(t, processed, journaled)
	for id, times := range processed {
		require.Equal(t, 1, times, "journal row %d", id)
	}
	require.Len(t, numbers, 2*incidents)
	rows, err := replicas[0].AuditRows(t.Context(), 0, 1000)
	require.NoError(t, err)
	require.Len(t, rows, 2*audits)
	verify(t, rows)
}
