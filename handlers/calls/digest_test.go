package calls

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/k8sops"
)

// A call without arguments is the same call after it was stored.
func TestADigestOutlivesTheStore(t *testing.T) {
	before := Record{Operation: "db restart", Args: k8sops.Args{}, Plan: &k8sops.Plan{State: json.RawMessage(`{"a":1}`)}}
	data, err := json.Marshal(before)
	require.NoError(t, err)
	var after Record
	require.NoError(t, json.Unmarshal(data, &after))
	require.Equal(t, Digest(before), Digest(after))
}
