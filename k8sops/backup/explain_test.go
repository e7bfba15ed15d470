package backup

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/artifacts"
	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

func TestWhatAStorageThatFailsSays(t *testing.T) {
	failures := []*artifacts.Error{
		{Kind: artifacts.Full, Action: "write", Reason: "InsufficientStorage: No space left on device."},
		{Kind: artifacts.Slow, Action: "write", Reason: "nothing moved for 1m0s", Leftover: true},
		{Kind: artifacts.Unreachable, Action: "write", Reason: "connection refused", Leftover: true},
		{Kind: artifacts.Unreachable, Action: "list", Reason: "no such host"},
		{Kind: artifacts.Refused, Action: "write", Reason: "AccessDenied: Access Denied"},
		{Kind: artifacts.NoBucket, Action: "list", Reason: "NoSuchBucket: The specified bucket does not exist"},
		{Kind: artifacts.NotFound, Action: "read", Reason: "NoSuchKey"},
		{Kind: artifacts.Damaged, Action: "read", Reason: "SHA-256 differs"},
		{Kind: artifacts.Canceled, Action: "write", Reason: "context canceled"},
		{Kind: artifacts.Failed, Action: "write", Reason: "EntityTooLarge: Too large."},
	}
	optest.Golden(t, "storage", func(p *messages.Printer) string {
		var said strings.Builder
		for _, f := range failures {
			f.Storage, f.Key, f.Err = "s3://backups/opsbot", "database/demo/shop.dump.zst", errors.New("cause")
			e, ok := errors.AsType[*k8sops.Error](explain(fmt.Errorf("wrapped: %w", f)))
			require.True(t, ok)
			require.ErrorIs(t, e, f.Err, "the log has the cause")
			fmt.Fprintf(&said, "%s: %s\n", e.Code, p.Text(e.Message))
			if !e.Hint.IsZero() {
				fmt.Fprintf(&said, "  %s\n", p.Text(e.Hint))
			}
		}
		return said.String()
	})
}
