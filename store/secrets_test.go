package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// The file of the database itself is read: what is in it would be in every backup.
func TestNoSecretIsInTheDatabase(t *testing.T) {
	dir := t.TempDir()
	s := openURL(t, "sqlite://"+filepath.Join(dir, "opsbot.db"))
	ctx := t.Context()
	const leak = "dial app:SECRET1@tcp(db:3306)/shop, 密码：SECRET1"
	card := messages.Card{
		Title: messages.New("x", "reason", leak), Footer: []messages.Text{messages.Literal(leak)},
		Sections: []messages.Section{{Code: &messages.Block{Content: "first\nAuthorization: Bearer SECRET1SECRET1\nlast"}}},
		Actions:  []messages.Action{{Name: "press", Value: "call/7f3a", URL: "https://opsbot/ack/abc?token=stays"}},
		Files:    []messages.File{{Name: "log.txt", Content: []byte("one\npassword=SECRET1\nthree")}},
	}
	message := messages.Outbound{Key: "k", Channel: "C1", Card: card}
	require.NoError(t, s.Put(ctx, message))
	require.NoError(t, s.Create(ctx, calls.Record{ID: "c1", SourceID: "p1", State: calls.Failed, Outcome: leak, Answer: &card, CreatedAt: start},
		audit.Event{At: start, Action: "requested", Call: "c1", Command: "logs order --grep password=SECRET1", Details: map[string]string{"outcome": leak}}, message))
	require.NoError(t, s.Apply(ctx, escalation.Change{
		Incident: incident.Incident{Number: 1, GroupKey: "g", Status: incident.Open, OpenedAt: start},
		Entries:  []incident.Entry{{Incident: 1, Number: 1, At: start, Kind: incident.EntryNote, Text: messages.New("x", "said", leak)}},
		Messages: []messages.Outbound{message},
	}))
	due, _, err := s.Outbox().Due(ctx, start, 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.Equal(t, "first\nAuthorization: ***\nlast", due[0].Card.Sections[0].Code.Content)
	require.Equal(t, "one\npassword=***\nthree", string(due[0].Card.Files[0].Content))
	require.Equal(t, card.Actions, due[0].Card.Actions, "what machines read stays")
	require.Contains(t, card.Title.Args["reason"].S, "SECRET1", "the sender's card is its own")

	// What Slack or a proxy answers may repeat what was sent.
	require.NoError(t, s.Outbox().Retry(ctx, due[0].ID, start, false, leak))
	require.NoError(t, s.Outbox().Fail(ctx, due[0].ID, due[0].Version, leak, start))

	// So may what a channel of pages answers, and the words about a delivery that is set aside.
	page := incident.Page{ID: "1/1", Incident: 1, Via: "webhook", State: incident.PageAttempted, Error: leak}
	inc, err := s.Incident(ctx, 1)
	require.NoError(t, err)
	require.NoError(t, s.Apply(ctx, escalation.Change{Incident: inc, Pages: []incident.Page{page}}))
	require.NoError(t, s.PostponePage(ctx, page.ID, start, false, leak))
	id, err := s.Append(ctx, start, []byte("{}"))
	require.NoError(t, err)
	require.NoError(t, s.Quarantine(ctx, id, leak))
	pages, err := s.Pages(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, "dial app:***@tcp(db:3306)/shop, 密码：***", pages[0].Error)

	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.False(t, bytes.Contains(data, []byte("SECRET1")), file)
	}
}
