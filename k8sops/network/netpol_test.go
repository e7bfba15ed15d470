package network

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"opsbot/internal/optest"
	"opsbot/messages"
)

// policy is a network policy with the specification that is written in YAML.
func policy(t *testing.T, name, spec string) *networkingv1.NetworkPolicy {
	t.Helper()
	p := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{
		Name: name, Namespace: optest.TestNamespace, UID: types.UID("uid-" + name), ResourceVersion: "5", Generation: 1,
		Labels: map[string]string{"team": "net"}, Annotations: map[string]string{"why": "audit"},
	}}
	require.NoError(t, yaml.UnmarshalStrict([]byte(spec), &p.Spec))
	return p
}

// fromBackend is the handbook's policy.
func fromBackend(t *testing.T) *networkingv1.NetworkPolicy {
	return policy(t, "postgres-from-backend", `
podSelector: {matchLabels: {app: postgres}}
policyTypes: [Ingress]
ingress: [{from: [{podSelector: {matchLabels: {tier: backend}}}], ports: [{protocol: TCP, port: 5432}]}]`)
}

func manyPolicies(t *testing.T) []runtime.Object {
	onHost := optest.DaemonSet("node-agent", 2)
	onHost.Spec.Template.Spec.HostNetwork = true
	bare := optest.ReadyPod("debug")
	return append(optest.Platform(), onHost, bare, optest.ReadyPod("postgres"), fromBackend(t),
		policy(t, "deny-out", `{podSelector: {matchLabels: {tier: backend}}, policyTypes: [Egress]}`),
		policy(t, "dns", `
podSelector: {matchExpressions: [{key: app, operator: In, values: [user-service, order-service]}]}
policyTypes: [Egress]
egress:
- {to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{protocol: UDP, port: 53}, {port: 53}]}
- {to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {ipBlock: {cidr: 192.168.0.0/16}}], ports: [{port: 8000, endPort: 8100}, {protocol: UDP}]}`),
		policy(t, "open", `{podSelector: {matchLabels: {app: order-service}}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{to: [{namespaceSelector: {}}]}]}`),
		policy(t, "orphan", `{podSelector: {matchLabels: {app: gone}}, policyTypes: [Ingress]}`))
}

func TestPoliciesInWords(t *testing.T) {
	for golden, line := range map[string]string{"netpol": "netpol", "netpol-order": "netpol order", "netpol-payment": "netpol payment", "netpol-postgres": "netpol postgres"} {
		call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), line, manyPolicies(t)...)
		result, err := call.Operation.Answer(t.Context(), call, nil)
		require.NoError(t, err)
		optest.Golden(t, golden, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
	}
}

func TestWithoutPolicies(t *testing.T) {
	finished := optest.ReadyPod("done")
	finished.Status.Phase = corev1.PodSucceeded
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "netpol", append(optest.Platform(), finished)...)
	result, err := call.Operation.Answer(t.Context(), call, nil)
	require.NoError(t, err)
	require.Equal(t, messages.ToneWarning, result.Card.Tone)
	optest.Golden(t, "netpol-none", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
}
