package catalog

import (
	"strings"
	"testing"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/clusterevents"
	"opsbot/k8sops/rbac"
	"opsbot/messages"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The observer sees what happens with a viewer's rights, and nothing that a viewer may not see.
func TestLiveObserverSeesARollout(t *testing.T) {
	l := startLive(t, nil, func(o *rbac.Options) { o.Users = append(o.Users, clusterevents.ObserverUser) })
	catalogue, err := messages.Load()
	require.NoError(t, err)
	texts := catalogue.Printer("en", messages.Plain())
	since := time.Now().Add(-time.Minute)
	client, err := l.bot.As(clusterevents.Observer())
	require.NoError(t, err)
	_, _, _, proof := l.do(t, k8sops.Development, "scale user 4")
	require.True(t, proof.OK)
	require.Eventually(t, func() bool {
		found, err := clusterevents.Since(t.Context(), client, l.namespace, since)
		require.NoError(t, err)
		for _, h := range found {
			if text := texts.Text(h.Text); strings.Contains(text, "deploy/user-service: Scaled up replica set user-service-") {
				return true
			}
		}
		return false
	}, 20*time.Second, 100*time.Millisecond)
	_, err = client.Kubernetes.CoreV1().Secrets(l.namespace).List(t.Context(), metav1.ListOptions{})
	require.ErrorContains(t, err, "forbidden")
}
