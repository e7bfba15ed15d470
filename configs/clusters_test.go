package configs_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func loaded(t *testing.T, yaml string) *configs.Config {
	t.Helper()
	contacts, err := filepath.Abs("contacts.yaml")
	require.NoError(t, err)
	config, err := configs.Load(configs.Source{
		File: write(t, "opsbot.yaml", yaml), Environ: needed(), Overrides: map[string]string{"contacts": contacts},
	})
	require.NoError(t, err)
	return config
}

func TestClustersHaveTheDefaultsOfKubernetes(t *testing.T) {
	config := loaded(t, "clusters: [{name: prod, kubeconfig: p}, {name: staging, context: s, namespace: shop, observe: 0s}]\n")
	require.Equal(t, []configs.Kubernetes{
		{Name: "prod", Kubeconfig: "p", Namespace: "ecommerce-k8s", Observe: 15 * time.Second},
		{Name: "staging", Context: "s", Namespace: "shop"},
	}, config.AllClusters())
}

func TestKubernetesAloneIsOneCluster(t *testing.T) {
	config := loaded(t, "kubernetes: {name: prod, namespace: shop}\n")
	require.Equal(t, []configs.Kubernetes{{Name: "prod", Namespace: "shop", Observe: 15 * time.Second}}, config.AllClusters())
}

// The sample has every key with its default: to fill in clusters there is no mistake.
func TestKubernetesAtItsDefaultsIsNotGiven(t *testing.T) {
	config := loaded(t, "kubernetes: {name: default, namespace: ecommerce-k8s}\nclusters: [{name: prod}]\n")
	require.Len(t, config.AllClusters(), 1)
	require.Equal(t, "prod", config.AllClusters()[0].Name)
}

func TestKubernetesFromTheEnvironmentBesideClusters(t *testing.T) {
	contacts, err := filepath.Abs("contacts.yaml")
	require.NoError(t, err)
	_, err = configs.Load(configs.Source{
		File: write(t, "opsbot.yaml", "clusters: [{name: prod}]\n"), Environ: append(needed(), "OPSBOT_KUBERNETES_CONTEXT=staging"),
		Overrides: map[string]string{"contacts": contacts},
	})
	require.ErrorContains(t, err, "kubernetes.context (OPSBOT_KUBERNETES_CONTEXT): is set together with clusters; make it one of the clusters")
}

func TestOneOfTheClusters(t *testing.T) {
	config := loaded(t, "clusters: [{name: prod, kubeconfig: p}, {name: staging, kubeconfig: s}]\n")
	one, err := config.ForCluster("staging")
	require.NoError(t, err)
	require.Equal(t, []configs.Kubernetes{config.Clusters[1]}, one.AllClusters())
	for name, want := range map[string]string{"": "there are several clusters", "mars": `there is no cluster "mars"`} {
		_, err := config.ForCluster(name)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "give --cluster with one of prod, staging")
	}
	alone := loaded(t, "kubernetes: {name: prod}\n")
	for _, name := range []string{"", "prod"} {
		one, err = alone.ForCluster(name)
		require.NoError(t, err)
		require.Equal(t, alone.AllClusters(), one.AllClusters())
	}
}
