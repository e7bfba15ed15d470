package messages_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
)

func TestMapReachesWhatPeopleRead(t *testing.T) {
	text := func() messages.Text {
		return messages.New("x", "a", "SECRET", "b", messages.Code("SECRET"), "c", messages.Literal("SECRET"), "d", messages.Link{URL: "https://x/token", Label: "SECRET"})
	}
	action := messages.Action{Name: "press", Value: "id", URL: "https://x/token", Label: text(), Confirm: &messages.Confirm{Title: text(), Text: text(), Yes: text(), No: text()},
		Options: []messages.Option{{Label: text(), Value: "id"}}}
	code, table := messages.Block{Content: "SECRET"}, messages.Table{Columns: []messages.Column{{}}, Rows: [][]messages.Text{{text()}}}
	paragraph := text()
	card := messages.Card{
		Title: text(), Notification: text(), Facts: []messages.Fact{{Label: text(), Value: text()}}, Footer: []messages.Text{text()},
		Sections: []messages.Section{{Text: &paragraph}, {List: []messages.Text{text()}}, {Table: &table}, {Code: &code}, {Actions: []messages.Action{action}},
			{Finding: &messages.Finding{Text: text(), Action: &action}}},
		Actions: []messages.Action{action}, Files: []messages.File{{Name: "log", Title: text(), Content: []byte("SECRET")}},
	}
	before, err := json.Marshal(card)
	require.NoError(t, err)
	after, err := json.Marshal(card.Map(func(s string) string { return strings.ReplaceAll(s, "SECRET", "***") }))
	require.NoError(t, err)
	require.NotContains(t, string(after), "SECRET")
	require.NotContains(t, string(after), "U0VDUkVU", "the file")
	require.Contains(t, string(after), "https://x/token")
	unchanged, err := json.Marshal(card)
	require.NoError(t, err)
	require.JSONEq(t, string(before), string(unchanged), "the card itself stays as it was")
	require.Equal(t, card, card.Map(func(s string) string { return s }))
}

func TestMapLeavesPeopleAndTimes(t *testing.T) {
	text := messages.New("x", "who", messages.User("U1"), "where", messages.Channel("C1"), "at", time.Unix(1, 0), "count", 3)
	require.Equal(t, text, text.Map(func(string) string { return "changed" }))
}
