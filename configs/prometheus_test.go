package configs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func TestAQueryMustBePromQL(t *testing.T) {
	_, err := configs.Load(configs.Source{Environ: []string{"OPSBOT_PROMETHEUS_QUERIES_CPU=sum(", "OPSBOT_PROMETHEUS_QUERIES_BACKLOG="}})
	require.ErrorContains(t, err, "prometheus.queries.cpu")
	require.NotContains(t, err.Error(), "prometheus.queries.backlog")
}
