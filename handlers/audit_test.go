package handlers_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/audit"
	"opsbot/k8sops"
	"opsbot/messages"
)

func decodeEvent(t *testing.T, row audit.Row) audit.Event {
	t.Helper()
	var e audit.Event
	require.NoError(t, json.Unmarshal(row.Event, &e))
	return e
}

func count(text, part string) int { return strings.Count(text, part) }

func TestTampering(t *testing.T) {
	w := newFixture(t)
	w.types(Lead, "/turn 5")
	w.types(Viewer, "/turn 6")
	require.Len(t, w.audit(), 6)
	for name, c := range map[string]struct {
		tamper func(rows []audit.Row) []audit.Row
		says   string
	}{
		"an event is reworded": {func(rows []audit.Row) []audit.Row {
			rows[2].Event = []byte(strings.Replace(string(rows[2].Event), "zhaoliu", "qianqi", 1))
			return rows
		}, "audit row 3: was changed"},
		"reworded, with a new hash": {func(rows []audit.Row) []audit.Row {
			rows[2], _ = audit.Chain(rows[1], audit.Event{Action: "nothing"})
			return rows
		}, "audit row 4: does not follow row 3"},
		"a row is removed": {func(rows []audit.Row) []audit.Row { return append(rows[:1], rows[2:]...) }, "rows are missing"},
		"removed, and renumbered": {func(rows []audit.Row) []audit.Row {
			rows = append(rows[:1], rows[2:]...)
			for i := range rows {
				rows[i].Seq = int64(i + 1)
			}
			return rows
		}, "audit row 2: does not follow"},
		"two rows are swapped": {func(rows []audit.Row) []audit.Row {
			rows[1], rows[2] = rows[2], rows[1]
			return rows
		}, "rows are missing"},
		"the beginning is cut off": {func(rows []audit.Row) []audit.Row { return rows[1:] }, "rows are missing"},
	} {
		rows, err := w.store.AuditRows(t.Context(), 0, 100)
		require.NoError(t, err)
		require.ErrorContains(t, verify(c.tamper(rows)), c.says, name)
	}
}

func verify(rows []audit.Row) error {
	var prev audit.Row
	for _, row := range rows {
		if err := audit.VerifyRow(prev, row); err != nil {
			return err
		}
		prev = row
	}
	return nil
}

func TestTheWordsOfServersAndProgramsStayOutOfTheAuditRecord(t *testing.T) {
	const secret = "hunter2"
	for name, cause := range map[string]any{
		"an error":              errors.New("pg_dump: password " + secret + " rejected"),
		"a panic":               "token " + secret,
		"a refusal with cause":  &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.New("k8sops.error.failed", "reason", secret), Cause: errors.New(secret)},
		"a refusal in no words": &k8sops.Error{Code: k8sops.CodeFailed, Message: messages.Literal(secret)},
	} {
		for _, step := range []string{"plan", "run", "verify"} {
			w := newFixture(t)
			w.fake.breaks(step, cause)
			w.types(Lead, "/turn 5")
			rows, err := w.store.AuditRows(t.Context(), 0, 100)
			require.NoError(t, err)
			for _, row := range rows {
				require.NotContains(t, string(row.Event), secret, "%s in %s", name, step)
			}
			require.NotContains(t, w.call(w.outbox.last()).Outcome, secret)
		}
	}
}
