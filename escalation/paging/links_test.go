package paging_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"opsbot/escalation/incident"
	"opsbot/escalation/paging"
)

func tokenOf(t testing.TB, l paging.Links, p incident.Page) string {
	t.Helper()
	token, ok := strings.CutPrefix(l.Ack(p), l.Base+"/ack/")
	require.True(t, ok)
	return token
}

func TestTokens(t *testing.T) {
	l := paging.Links{Base: "https://opsbot.company.com", Secret: secret}
	p := incident.Page{ID: "12/3", IntendedAt: start}
	token := tokenOf(t, l, p)
	require.Equal(t, token, tokenOf(t, l, p), "a page that is sent again has the same link")
	id, err := l.Open(token, start.Add(24*time.Hour-time.Second))
	require.NoError(t, err)
	require.Equal(t, "12/3", id)
	_, err = l.Open(token, start.Add(24*time.Hour))
	require.ErrorIs(t, err, paging.ErrExpired)

	other := l
	other.Secret = []byte("another secret of thirty-two chars")
	_, err = other.Open(token, start)
	require.ErrorIs(t, err, paging.ErrForged)
	_, err = paging.Links{}.Open(token, start)
	require.ErrorIs(t, err, paging.ErrForged, "without a public address nothing is opened")
	require.Empty(t, paging.Links{Secret: secret}.Ack(p))
}

func TestNoChangedTokenIsTaken(t *testing.T) {
	l := paging.Links{Base: "https://opsbot.company.com", Secret: secret}
	token := tokenOf(t, l, incident.Page{ID: "12/3", IntendedAt: start})
	rapid.Check(t, func(rt *rapid.T) {
		changed := []byte(token)
		i := rapid.IntRange(0, len(changed)-1).Draw(rt, "where")
		changed[i] = rapid.SampledFrom([]byte("ABCxyz019-_.=/")).Draw(rt, "what")
		if string(changed) == token {
			return
		}
		if _, err := l.Open(string(changed), start); err == nil {
			rt.Fatalf("%s was taken for %s", changed, token)
		}
	})
}

func FuzzOpen(f *testing.F) {
	l := paging.Links{Base: "https://opsbot.company.com", Secret: secret}
	f.Add("")
	f.Add(".")
	f.Add("MTIvMw.AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		if id, err := l.Open(token, start); err == nil {
			t.Fatalf("%q opens %s", token, id)
		}
	})
}
