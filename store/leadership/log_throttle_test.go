package leadership

import (
	"testing"

	"opsbot/store/sqldb"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// An outage is logged once.
func TestLogThrottle(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	c := logThrottle{log: zap.New(core), text: "it is dark"}
	for _, err := range []error{nil, sqldb.ErrAway, sqldb.ErrAway, nil, nil, sqldb.ErrAway} {
		c.report(t.Context(), err)
	}
	var said []string
	for _, entry := range logs.All() {
		said = append(said, entry.Message)
	}
	require.Equal(t, []string{"it is dark", "over: it is dark", "it is dark"}, said)
}
