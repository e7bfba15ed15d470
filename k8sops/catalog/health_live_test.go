package catalog

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
	"opsbot/k8sops"
)

// health reads only the pods whole whose row in the API server's table leaves a question. What it finds is what a look at every pod finds.
func TestLiveHealthReadsThePodsThatAreInTrouble(t *testing.T) {
	l := startLive(t, nil)
	require.NoError(t, l.cluster.BadImage(t.Context(), l.namespace, "user-service"))
	require.NoError(t, l.cluster.CrashLoop(t.Context(), l.namespace, "order-service"))
	// A service that crashes is between two crashes at any moment, so what is said of it differs, but not that something is.
	looked := regexp.MustCompile(`\((?:bad|warning)\) (?:user|order)-service: \d+ pods?|Pods.*`)
	found := func(everyPod bool) []string {
		call := l.call(t, k8sops.Everyone, "health")
		if everyPod {
			call.Client.Config, call.Client.Exec = nil, &optest.FakeDatabase{}
		}
		result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
		require.NoError(t, err)
		return looked.FindAllString(shownCard(t, result.Card), -1)
	}
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		of := found(false)
		assert.GreaterOrEqual(t, len(of), 3, "%v", of)
		assert.Equal(t, found(true), of)
	}, 2*time.Minute, time.Second)
}
