package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/bot/deliver"
	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/messages"
)

func TestUndelivered(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		now := start
		s.now = func() time.Time { return now }
		troubles := func() (list []deliver.StuckMessage) {
			t.Helper()
			list, err := o.Undelivered(ctx, now.Add(-15*time.Minute))
			require.NoError(t, err)
			return list
		}
		id := func(key string) int64 { return rowOf(t, s, key).id }
		page := outbound("page", messages.LanePage, "U1", "")
		page.PageID = "1/1"
		late := outbound("late", messages.LaneEntry, "C1", "")
		late.NotAfter = start.Add(time.Second)
		whisper := outbound("whisper", messages.LaneAnswer, "C1", "")
		whisper.EphemeralTo = "U1"
		require.NoError(t, s.Put(ctx, whisper, outbound("stuck", messages.LaneEntry, "C1", "one"), outbound("lost", messages.LaneEntry, "C2", ""),
			outbound("cancelled", messages.LaneEntry, "C1", ""), outbound("fine", messages.LaneEntry, "C1", ""), page, late))
		require.Empty(t, troubles(), "waiting is no trouble")

		require.NoError(t, o.Retry(ctx, id("stuck"), start, false, "no_answer"))
		require.NoError(t, o.Retry(ctx, id("cancelled"), start, false, "no_answer"))
		now = start.Add(time.Minute)
		require.NoError(t, o.Retry(ctx, id("stuck"), start, false, "token_revoked"))
		require.NoError(t, s.Put(ctx, outbound("stuck", messages.LaneEntry, "C1", "two")))
		require.NoError(t, s.Apply(ctx, escalation.Change{Incident: incident.Incident{Number: 1, Status: incident.Open}, CancelMessages: []string{"cancelled"}}))
		for _, key := range []string{"lost", "page", "late", "whisper"} {
			require.NoError(t, o.Fail(ctx, id(key), 1, "unheard_of", now))
		}
		want := []deliver.StuckMessage{
			{Key: "stuck", Destination: "C1", Cause: "token_revoked", Since: start},
			{Key: "lost", Destination: "C2", Cause: "unheard_of", Since: now, Lost: true},
		}
		require.Equal(t, want, troubles(), "the ledger knows of the page, and nobody misses the others")

		now = now.Add(15 * time.Minute)
		require.Equal(t, want[:1], troubles())
		require.NoError(t, o.Done(ctx, id("stuck"), 2, "C1", "1.000001", now))
		require.NoError(t, s.Put(ctx, outbound("lost", messages.LaneEntry, "C2", "anew")))
		require.Empty(t, troubles())
	})
}

func TestMessageThatIsGoneIsPostedAnew(t *testing.T) {
	onEachBackend(t, func(t *testing.T, s *Store) {
		ctx, o := t.Context(), s.Outbox()
		entry := outbound("entry", messages.LaneEntry, "", "")
		entry.ReplyTo = "root"
		require.NoError(t, s.Put(ctx, outbound("root", messages.LaneHeader, "C1", "")))
		require.NoError(t, o.Done(ctx, rowOf(t, s, "root").id, 1, "C1", "1.000001", start))
		require.NoError(t, s.Put(ctx, entry))
		require.Equal(t, []string{"entry"}, dueKeys(t, o, start))
		require.NoError(t, o.Gone(ctx, "root", "1.000002"))
		require.Equal(t, []string{"entry"}, dueKeys(t, o, start), "it has been posted anew meanwhile")
		require.NoError(t, o.Gone(ctx, "root", "1.000001"))
		require.Equal(t, []string{"root"}, dueKeys(t, o, start), "the reply waits for it")
		row := onlyDue(t, o, start)
		require.NoError(t, o.Done(ctx, row.ID, row.Version, "C1", "1.000003", start))
		require.Equal(t, "1.000003", onlyDue(t, o, start).RootTS)
	})
}
