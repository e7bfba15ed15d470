package catalog

import (
	"testing"

	"opsbot/internal/nearest"
	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func manyServices() []runtime.Object {
	return []runtime.Object{
		optest.Deployment("user-service", 1), optest.Deployment("user-service-v2", 1), optest.Deployment("order-service", 1), optest.Deployment("payment-service", 1),
		optest.Deployment("api-gateway", 1, func(d *appsv1.Deployment) { d.Labels["app"] = "edge" }), optest.Deployment("postgres", 1),
	}
}

func TestServicesAreFoundAsPeopleNameThem(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	for typed, want := range map[string]string{
		"user-service": "user-service", "user": "user-service", "USER": "user-service", "order": "order-service", "pay": "payment-service",
		"gateway": "api-gateway", "edge": "api-gateway", "deploy/postgres": "postgres", "all": "all", "v2": "user-service-v2", "user,pay": "payment-service,user-service", "user,user-service": "user-service",
	} {
		call, _ := optest.NewCall(t, ops, "scale "+typed+" 2", manyServices()...)
		args, err := kube.Resolve(t.Context(), call)
		require.NoError(t, err, typed)
		require.Equal(t, want, args["service"], typed)
	}
}

func TestUnknownServicesAreAnsweredWithSuggestions(t *testing.T) {
	ops := testCatalog(t, testDeps(t))
	for _, c := range []struct {
		typed, message string
		suggest        []string
	}{
		{"scale usr 5", "k8sops.resolve.unknown", []string{"scale user-service 5"}},
		{"scale odrer 5", "k8sops.resolve.unknown", []string{"scale order-service 5"}},
		{"scale paymnet-service 5", "k8sops.resolve.unknown", []string{"scale payment-service 5"}},
		{"logs use --errors", "k8sops.resolve.ambiguous", []string{"logs user-service --errors", "logs user-service-v2 --errors"}},
		{"scale zzz 5", "k8sops.resolve.unknown", nil},
		{"scale order,usr 5", "k8sops.resolve.unknown", []string{"scale order,user-service 5"}},
	} {
		call, _ := optest.NewCall(t, ops, c.typed, manyServices()...)
		_, err := kube.Resolve(t.Context(), call)
		require.Equal(t, c.message, optest.MessageID(t, err), c.typed)
		require.Equal(t, k8sops.CodeNotFound, k8sops.CodeOf(err))
		e, _ := optest.AsError(err)
		require.Equal(t, c.suggest, e.Suggest, c.typed)
	}
}

func TestAllWithoutAnyBackendIsSaid(t *testing.T) {
	call, _ := optest.NewCall(t, testCatalog(t, testDeps(t)), "scale all 2",
		optest.Deployment("postgres", 1, func(d *appsv1.Deployment) { delete(d.Labels, "tier") }))
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.resolve.none", optest.MessageID(t, err))
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"scale", "scale", 0}, {"scael", "scale", 1}, {"scle", "scale", 1}, {"skale", "scale", 1}, {"abc", "xyz", 3}} {
		require.Equal(t, c.want, nearest.Distance(c.a, c.b), c)
		require.Equal(t, c.want, nearest.Distance(c.b, c.a), c)
	}
}
