package oncall

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/redact"
)

func TestAFeedKeyIsOpenedByItsTokenAlone(t *testing.T) {
	key, token := NewFeedKey("U0LISI", time.Now())
	other, another := NewFeedKey("U0LISI", time.Now())
	require.True(t, key.Opens(token))
	require.Equal(t, key.ID, FeedKeyID(token))
	require.NotEqual(t, key.ID, other.ID)
	for _, wrong := range []string{"", another, token[:len(token)-1], token + "A", strings.ToLower(token), key.Hash} {
		require.False(t, key.Opens(wrong), wrong)
	}
	require.False(t, FeedKey{}.Opens(""))
	require.NotContains(t, key.Hash, token)
	for _, wrong := range []string{"", "opsbot_feed_", "opsbot_feed_" + key.ID, "opsbot_feed_" + key.ID + "_", "opsbot_feed_abc_def", key.ID} {
		require.Empty(t, FeedKeyID(wrong), wrong)
	}
}

// Wherever a person pastes the address, the token is hidden.
func TestAFeedTokenIsHidden(t *testing.T) {
	key, token := NewFeedKey("U0LISI", time.Now())
	for _, text := range []string{token, "https://opsbot.company.com/oncall/dba.ics?token=" + token, "GET /oncall/dba.ics?token=" + token + " 200", "my key is " + token + "."} {
		require.NotContains(t, redact.Text(text), token[len(token)-20:])
	}
	require.Equal(t, key.ID, redact.Text(key.ID), "the id is no secret")
}
