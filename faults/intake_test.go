package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/faults/judge"
	"opsbot/internal/lab"
)

// What counts as told is what was answered with 200, and what still fires.
func TestIntakeRemembersWhatWasAcknowledged(t *testing.T) {
	full := false
	opsbot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if full {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	}))
	defer opsbot.Close()
	gone, err := lab.FreeAddress()
	require.NoError(t, err)
	i := newIntake([]*replica{{address: gone}, {address: strings.TrimPrefix(opsbot.URL, "http://")}})
	deliver := func(service string) int {
		answer := httptest.NewRecorder()
		body := strings.NewReader(`{"groupLabels":{"service":"` + service + `"}}`)
		i.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/webhooks/alertmanager", body))
		return answer.Code
	}
	require.Equal(t, http.StatusOK, deliver("a"))
	require.Equal(t, http.StatusBadGateway, deliver("b"), "the replica whose turn it is is not there")
	full = true
	require.Equal(t, http.StatusServiceUnavailable, deliver("b"))
	require.Equal(t, 1, i.deliveries())

	a, b, c := judge.Story{Service: "a", Ends: 2}, judge.Story{Service: "b", Ends: 2}, judge.Story{Service: "c"}
	require.Equal(t, []judge.Story{a, c}, i.told([]judge.Story{a, b, c}))
}
