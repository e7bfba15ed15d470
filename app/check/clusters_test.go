package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
	"opsbot/internal/apptest"
)

// A cluster that is away, and one without a kubeconfig, cost a line each.
func TestCheckOfClustersThatAreAway(t *testing.T) {
	c := apptest.Config(t, apptest.Workspace(t))
	away, lost := c.Kubernetes, c.Kubernetes
	away.Name, lost.Name, lost.Kubeconfig = "east", "west", "nowhere"
	c.Kubernetes = configs.Default().Kubernetes
	c.Clusters = []configs.Kubernetes{away, lost}
	out := checked(t, c)
	require.Contains(t, out, "FAIL  Kubernetes: cluster east cannot be reached: ")
	require.Contains(t, out, "FAIL  Kubernetes: kubernetes: no way to reach cluster west: ")
	require.Equal(t, 2, strings.Count(out, "Kubernetes"), "the cluster's line is the only one")
}
