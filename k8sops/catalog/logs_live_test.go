package catalog

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/testcluster"
)

// The API server and the node keep the first bytes of what is asked for. The error is the last of 15 MB all the same.
func TestLiveAnErrorAfterMuchChatterIsFound(t *testing.T) {
	l := startLive(t, nil)
	chatter := "INFO  order 5012 created " + strings.Repeat("x", 3900)
	for range (15 << 20) / len(chatter) {
		require.NoError(t, l.cluster.AppendLog(l.namespace, "product-service", testcluster.Stdout, chatter))
	}
	require.NoError(t, l.cluster.AppendLog(l.namespace, "product-service", testcluster.Stdout, "FATAL \x1b[31mthe shelf\x1b[0m fell over"))
	_, _, result, _ := l.do(t, k8sops.Everyone, "logs product --errors --since 1h")
	shown := shownCard(t, result.Card)
	require.Contains(t, shown, "FATAL the shelf fell over")
	require.Contains(t, shown, "UTC to now")

	_, _, result, _ = l.do(t, k8sops.Everyone, "logs product --tail 10")
	shown = shownCard(t, result.Card)
	require.Contains(t, shown, "FATAL the shelf fell over", "the newest line is in the message")
	require.Contains(t, shown, "older lines were not read")
}

func TestLiveTheLogOfACrashIsShown(t *testing.T) {
	l := startLive(t, nil)
	require.NoError(t, l.cluster.CrashLoop(t.Context(), l.namespace, "order-service"))
	shown := ""
	require.Eventually(t, func() bool {
		_, _, result, _ := l.do(t, k8sops.Everyone, "logs order")
		shown = shownCard(t, result.Card)
		return strings.Contains(shown, "Before the last restart, ended: order-service-") && strings.Contains(shown, "(previous) FATAL order-service: panic")
	}, time.Minute, 500*time.Millisecond, "%s", &shown)
}

func TestLiveContainersAreChosen(t *testing.T) {
	l := startLive(t, nil)
	l.apply(t, "testdata/sidecar.yaml")
	l.settles(t, "shop")
	for line, want := range map[string]string{
		"logs shop": "/shop INFO", "logs shop --container proxy": "/proxy INFO", "logs shop --container shipper": "/shipper INFO", "logs shop --container migrate": "/migrate INFO",
	} {
		_, _, result, _ := l.do(t, k8sops.Everyone, line)
		require.Contains(t, shownCard(t, result.Card), want, line)
	}
	call := l.call(t, k8sops.Everyone, "logs shop --container web")
	_, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.Equal(t, "k8sops.logs.no_container", optest.MessageID(t, err))
}
