package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// start is when the tests' story begins.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// onEachBackend runs test on an empty store of every kind; all of them must behave alike.
func onEachBackend(t *testing.T, test func(*testing.T, *Store)) {
	backends := map[string]func(t *testing.T) *Store{
		"sqlite file": openFile,
		"sqlite memory": func(t *testing.T) *Store {
			s, err := openAt(t, memoryPath)
			require.NoError(t, err)
			return s
		},
	}
	for name, open := range backends {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}
