package messages_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/messages"
)

func TestSizes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 5 << 30: "5.0 GiB", 1 << 62: "4.0 EiB"} {
		require.Equal(t, want, messages.Bytes(n))
	}
}
