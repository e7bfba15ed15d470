package netpolicy

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// policy reads the specification of a policy.
func policy(t *testing.T, name, spec string) networkingv1.NetworkPolicy {
	t.Helper()
	var p networkingv1.NetworkPolicy
	require.NoError(t, yaml.UnmarshalStrict([]byte(spec), &p.Spec))
	p.Name, p.Namespace = name, "shop"
	return p
}

func pod(namespace, app string) End {
	e := End{Namespace: namespace, Labels: map[string]string{"app": app}, Addresses: []netip.Addr{netip.MustParseAddr("10.244.0.7")}}
	if namespace == "shop" {
		e.NamespaceLabels = map[string]string{"kubernetes.io/metadata.name": "shop", "team": "shop"}
	}
	return e
}

func address(text string) End { return End{Addresses: []netip.Addr{netip.MustParseAddr(text)}} }

func tcp(n int32) Port { return Port{corev1.ProtocolTCP, n} }

// Each rule decides about one connection: of an api pod in the namespace shop with a peer.
func TestWhatPoliciesSay(t *testing.T) {
	api := pod("shop", "api")
	api.Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP}}
	named := pod("shop", "db")
	named.Ports = []corev1.ContainerPort{{Name: "pg", ContainerPort: 5432, Protocol: corev1.ProtocolTCP}}
	for _, c := range []struct {
		name, spec string
		d          Direction
		peer       End
		port       Port
		want       Answer
	}{
		{"another pod is selected", `{podSelector: {matchLabels: {app: db}}}`, In, pod("shop", "web"), tcp(80), Allowed},
		{"an empty selector selects every pod", `{podSelector: {}}`, In, pod("shop", "web"), tcp(80), Denied},
		{"without types, nothing is limited that goes out", `{podSelector: {}}`, Out, pod("shop", "web"), tcp(80), Allowed},
		{"without types, a rule limits what goes out", `{podSelector: {}, egress: [{ports: [{port: 443}]}]}`, Out, pod("shop", "web"), tcp(80), Denied},
		{"without types, what comes in is limited too", `{podSelector: {}, egress: [{}]}`, In, pod("shop", "web"), tcp(80), Denied},
		{"only egress", `{podSelector: {}, policyTypes: [Egress]}`, In, pod("shop", "web"), tcp(80), Allowed},
		{"nothing goes out", `{podSelector: {}, policyTypes: [Egress]}`, Out, address("1.1.1.1"), tcp(80), Denied},
		{"an empty rule lets everything in", `{podSelector: {}, ingress: [{}]}`, In, address("1.1.1.1"), tcp(80), Allowed},

		{"pods of the namespace", `{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`, In, pod("shop", "web"), tcp(80), Allowed},
		{"others of the namespace", `{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`, In, pod("shop", "job"), tcp(80), Denied},
		{"pods of another namespace", `{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}`, In, pod("other", "web"), tcp(80), Denied},
		{"expressions", `{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, job]}]}}]}]}`, In, pod("shop", "job"), tcp(80), Allowed},
		{"a label that must not be there", `{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}]}]}`, In, pod("shop", "job"), tcp(80), Denied},
		{"one of several peers", `{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {matchLabels: {app: job}}}]}]}`, In, pod("shop", "job"), tcp(80), Allowed},
		{"one of several rules", `{podSelector: {}, ingress: [{ports: [{port: 1}]}, {ports: [{port: 2}]}]}`, In, pod("shop", "job"), tcp(2), Allowed},

		{"a pod that nothing is known of", `{podSelector: {}, egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}`, Out, End{Namespace: "other", Unseen: true}, tcp(80), Unknown},
		{"of it, the namespace is known", `{podSelector: {}, egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]}`, Out, End{Namespace: "other", Unseen: true}, tcp(80), Denied},
		{"of it, no port has a name", `{podSelector: {}, egress: [{ports: [{port: http}]}]}`, Out, End{Namespace: "other", Unseen: true}, tcp(80), Unknown},
		{"of it, the number is known", `{podSelector: {}, egress: [{ports: [{port: 81}]}]}`, Out, End{Namespace: "other", Unseen: true}, tcp(80), Denied},

		{"any namespace", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}`, In, pod("other", "web"), tcp(80), Allowed},
		{"a namespace by its name", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}]}]}`, In, pod("other", "web"), tcp(80), Allowed},
		{"another namespace by its name", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: third}}}]}]}`, In, pod("other", "web"), tcp(80), Denied},
		{"a namespace by labels that are known", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: shop}}}]}]}`, In, pod("shop", "web"), tcp(80), Allowed},
		{"a namespace by labels that are not known", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: shop}}}]}]}`, In, pod("other", "web"), tcp(80), Unknown},
		{"both selectors", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}`, In, pod("other", "web"), tcp(80), Allowed},
		{"both selectors, another pod", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}]}`, In, pod("other", "job"), tcp(80), Denied},
		{"selectors know no addresses outside", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}`, In, address("1.1.1.1"), tcp(80), Denied},

		{"an address", `{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 192.168.0.0/16}}]}]}`, Out, address("192.168.7.1"), tcp(80), Allowed},
		{"an address that is left out", `{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 192.168.0.0/16, except: [192.168.7.0/24]}}]}]}`, Out, address("192.168.7.1"), tcp(80), Denied},
		{"another address", `{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 192.168.0.0/16}}]}]}`, Out, address("10.0.0.1"), tcp(80), Denied},
		{"an address of version 6", `{podSelector: {}, egress: [{to: [{ipBlock: {cidr: "2001:db8::/32"}}]}]}`, Out, address("2001:db8::1"), tcp(80), Allowed},
		{"a pod's address", `{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}`, Out, pod("shop", "db"), tcp(80), Unknown},

		{"the port", `{podSelector: {}, ingress: [{ports: [{port: 8080}]}]}`, In, pod("shop", "web"), tcp(8080), Allowed},
		{"another port", `{podSelector: {}, ingress: [{ports: [{port: 8080}]}]}`, In, pod("shop", "web"), tcp(8081), Denied},
		{"every port of the protocol", `{podSelector: {}, ingress: [{ports: [{protocol: TCP}]}]}`, In, pod("shop", "web"), tcp(8081), Allowed},
		{"another protocol", `{podSelector: {}, ingress: [{ports: [{protocol: UDP, port: 53}]}]}`, In, pod("shop", "web"), tcp(53), Denied},
		{"the first of a range", `{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 8100}]}]}`, In, pod("shop", "web"), tcp(8000), Allowed},
		{"the last of a range", `{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 8100}]}]}`, In, pod("shop", "web"), tcp(8100), Allowed},
		{"after a range", `{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 8100}]}]}`, In, pod("shop", "web"), tcp(8101), Denied},
		{"a named port of the pod", `{podSelector: {}, ingress: [{ports: [{port: http}]}]}`, In, pod("shop", "web"), tcp(8080), Allowed},
		{"a named port, another number", `{podSelector: {}, ingress: [{ports: [{port: http}]}]}`, In, pod("shop", "web"), tcp(8081), Denied},
		{"a named port of another protocol", `{podSelector: {}, ingress: [{ports: [{port: dns}]}]}`, In, pod("shop", "web"), tcp(53), Denied},
		{"a named port of the peer", `{podSelector: {}, egress: [{ports: [{port: pg}]}]}`, Out, named, tcp(5432), Allowed},
		{"a named port outside", `{podSelector: {}, egress: [{ports: [{port: pg}]}]}`, Out, address("1.1.1.1"), tcp(5432), Denied},
		{"peer and port", `{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}]}`, In, pod("shop", "web"), tcp(80), Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			verdict := Evaluate([]networkingv1.NetworkPolicy{policy(t, "p", c.spec)}, c.d, api, c.peer, c.port)
			require.Equal(t, c.want, verdict.Answer)
		})
	}
}

// Policies add up: one that lets a connection through is enough, and is named.
func TestPoliciesAddUp(t *testing.T) {
	policies := []networkingv1.NetworkPolicy{
		policy(t, "deny-all", `{podSelector: {}}`),
		policy(t, "from-web", `{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`),
		policy(t, "from-team", `{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}`),
		policy(t, "of-db", `{podSelector: {matchLabels: {app: db}}, ingress: [{}]}`),
	}
	selecting := []string{"deny-all", "from-web", "from-team"}
	api := pod("shop", "api")
	require.Equal(t, Verdict{Allowed, selecting, []string{"from-web"}}, Evaluate(policies, In, api, pod("shop", "web"), tcp(80)))
	require.Equal(t, Verdict{Unknown, selecting, []string{"from-team"}}, Evaluate(policies, In, api, pod("other", "job"), tcp(80)))
	require.Equal(t, Verdict{Denied, selecting, nil}, Evaluate(policies, In, api, address("1.1.1.1"), tcp(80)))
	require.Equal(t, Verdict{Answer: Allowed}, Evaluate(policies, Out, api, address("1.1.1.1"), tcp(80)))
}
