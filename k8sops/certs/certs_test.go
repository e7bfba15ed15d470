package certs

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"opsbot/internal/optest"
	"opsbot/internal/secret"
	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// network leads addresses of the cluster to servers of the test. Others cannot be reached.
type network map[string]string

func (n network) dial(ctx context.Context, protocol, address string) (net.Conn, error) {
	there, ok := n[address]
	if !ok {
		return nil, errors.New("no route to host")
	}
	return (&net.Dialer{}).DialContext(ctx, protocol, there)
}

func platform(n network, named ...string) kube.Platform {
	p := optest.TestPlatform()
	p.Dial, p.Certificates = n.dial, named
	p.RolloutTimeout = 0
	return p
}

func in(days int) time.Time { return optest.TestNow().AddDate(0, 0, days) }

// ingress leads shop.example.com to the gateway with the certificate of a Secret, at an address outside.
func ingress(secret string) *networkingv1.Ingress {
	return &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: "shop", Namespace: optest.TestNamespace},
		Spec:       networkingv1.IngressSpec{TLS: []networkingv1.IngressTLS{{SecretName: secret, Hosts: []string{"shop.example.com"}}}},
		Status:     networkingv1.IngressStatus{LoadBalancer: networkingv1.IngressLoadBalancerStatus{Ingress: []networkingv1.IngressLoadBalancerIngress{{IP: "203.0.113.10"}}}},
	}
}

const (
	outside = "203.0.113.10:443"
	podOne  = "10.0.0.11:8443"
	podTwo  = "10.0.0.12:8443"
)

// gateway is a pod that mounts a Secret, of two behind a Service.
func gateway(name, ip, secretName string) *corev1.Pod {
	pod := optest.ReadyPod("gateway")
	controller := true
	pod.Name, pod.Status.PodIP = name, ip
	pod.Labels["pod-template-hash"] = "hash2"
	pod.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "gateway-hash2", Controller: &controller}}
	pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "https", ContainerPort: 8443}}
	pod.Spec.Volumes = []corev1.Volume{{Name: "tls", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: secretName}}}}
	return pod
}

func gatewayService() *corev1.Service {
	s := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "gateway", Namespace: optest.TestNamespace}}
	s.Spec.Selector, s.Spec.ClusterIP = map[string]string{"app": "gateway"}, "10.96.0.7"
	s.Spec.Ports = []corev1.ServicePort{{Name: "https", Port: 443}, {Name: "metrics", Port: 9090}}
	s.Spec.Ports[0].TargetPort.Type, s.Spec.Ports[0].TargetPort.StrVal = 1, "https"
	return s
}

func TestCertificatesAndWhatIsServed(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	fresh, old := ca.Issue(t, in(80), []string{"shop.example.com", "10.0.0.7"}), ca.Issue(t, in(5), []string{"shop.example.com"})
	n := network{
		outside: optest.ServeTLS(t, func() optest.Issued { return fresh }),
		podOne:  optest.ServeTLS(t, func() optest.Issued { return fresh }),
		podTwo:  optest.ServeTLS(t, func() optest.Issued { return old }),
	}
	soon, later, gone := ca.Issue(t, in(3), []string{"a.example.com"}), ca.Issue(t, in(10), []string{"*.b.example.com"}), ca.Issue(t, in(-2), []string{"c.example.com"})
	broken := optest.TLSSecret("broken-tls", optest.Issued{Certificate: "no PEM", Key: "none"})
	call, _ := optest.NewCall(t, Operations(platform(n, "soon-tls", "later-tls", "gone-tls", "month-tls", "broken-tls", "missing-tls")), "certs",
		ingress("shop-tls"), gatewayService(), gateway("gateway-hash2-aaaaa", "10.0.0.11", "shop-tls"), gateway("gateway-hash2-bbbbb", "10.0.0.12", "shop-tls"),
		optest.TLSSecret("shop-tls", fresh), optest.TLSSecret("soon-tls", soon), optest.TLSSecret("later-tls", later), optest.TLSSecret("gone-tls", gone),
		optest.TLSSecret("month-tls", ca.Issue(t, in(29), []string{"d.example.com"})), broken)
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	optest.Golden(t, "certs", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
	seen, err := json.Marshal(result)
	require.NoError(t, err)
	require.NotContains(t, string(seen), "PRIVATE KEY")
}

func TestACertificateThatIsServedByNobodyInReach(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	call, _ := optest.NewCall(t, Operations(platform(nil)), "certs", ingress("shop-tls"), optest.TLSSecret("shop-tls", ca.Issue(t, in(80), []string{"shop.example.com"})))
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, messages.ToneGood, result.Card.Tone)
	require.Equal(t, "k8sops.certs.unreachable_cell", result.Card.Sections[0].Table.Rows[0][2].ID)

	call, client := optest.NewCall(t, Operations(platform(nil)), "certs", ingress("shop-tls"))
	client.PrependReactor("get", "secrets", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, "shop-tls", nil)
	})
	result, err = call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.certs.not_allowed", result.Card.Sections[0].Finding.Text.ID)

	call, _ = optest.NewCall(t, Operations(platform(nil)), "certs")
	result, err = call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.certs.none", result.Card.Title.ID)
}

// renewal is a call of /certs renew with what was typed into the form.
func renewal(t *testing.T, p kube.Platform, typed map[string]string, objects ...runtime.Object) (*k8sops.Call, *fake.Clientset) {
	t.Helper()
	secrets := k8sops.Secrets{}
	for name, value := range typed {
		secrets[name] = secret.New(value)
	}
	return optest.NewTypedCall(t, Operations(p), "certs renew shop-tls", secrets, objects...)
}

func inSecret(t *testing.T, call *k8sops.Call, key string) string {
	t.Helper()
	s, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Get(t.Context(), "shop-tls", metav1.GetOptions{})
	require.NoError(t, err)
	return string(s.Data[key])
}

// keyLines are the lines of a key, none of which may be seen anywhere.
func keyLines(keys ...string) []string {
	var lines []string
	for _, key := range keys {
		for line := range strings.Lines(key) {
			if !strings.HasPrefix(line, "-----") {
				lines = append(lines, strings.TrimSpace(line))
			}
		}
	}
	return lines
}

func TestARenewalIsProvenByHandshake(t *testing.T) {
	root := optest.NewAuthority(t, "Example Root", nil)
	ca := optest.NewAuthority(t, "Example CA", root)
	old, next := ca.Issue(t, in(5), []string{"shop.example.com"}), ca.Issue(t, in(90), []string{"shop.example.com", "www.example.com"})
	var served atomic.Value
	served.Store(old)
	at := optest.ServeTLS(t, func() optest.Issued { return served.Load().(optest.Issued) })
	call, client := renewal(t, platform(network{outside: at}, "shop-tls"), map[string]string{"certificate": next.Certificate, "chain": ca.PEM, "key": next.Key},
		ingress("shop-tls"), optest.TLSSecret("shop-tls", old))
	client.PrependReactor("patch", "secrets", func(action clienttesting.Action) (bool, runtime.Object, error) {
		if patch := action.(clienttesting.PatchActionImpl); len(patch.PatchOptions.DryRun) == 0 { // the controller takes it at once
			served.Store(optest.Issued{Certificate: next.Certificate + ca.PEM, Key: next.Key})
		} else {
			for _, line := range keyLines(next.Key) {
				require.NotContains(t, string(patch.Patch), line, "the key is not in the dry run")
			}
		}
		return false, nil, nil
	})
	plan, result, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "k8sops.certs.renew.proven", proof.Summary.ID)
	require.Equal(t, k8sops.Disruptive, plan.Danger)
	require.Equal(t, next.Certificate+ca.PEM, inSecret(t, call, corev1.TLSCertKey))
	require.Equal(t, next.Key, inSecret(t, call, corev1.TLSPrivateKeyKey))
	require.Equal(t, old.Key, inSecret(t, call, previousKey))

	seen, err := json.Marshal([]any{plan, result, proof, call.Args, k8sops.Canonical(call.Operation, call.Args)})
	require.NoError(t, err)
	require.NotContains(t, string(seen), "PRIVATE")
	for _, line := range keyLines(old.Key, next.Key) {
		require.NotContains(t, string(seen), line)
	}

	back, err := call.Operation.Undo(call, plan)
	require.NoError(t, err)
	line := back.Line(Operations(platform(nil)))
	require.Regexp(t, `^certs restore shop-tls [0-9a-f]{12}$`, line)
	undo := *call
	ops := Operations(platform(network{outside: at}, "shop-tls"))
	undo.Operation, undo.Args, undo.Secrets = &ops[2], back.Args, nil
	served.Store(old)
	_, _, _, err = optest.RunAll(t.Context(), &undo)
	require.NoError(t, err)
	require.Equal(t, old.Certificate, inSecret(t, call, corev1.TLSCertKey))
	require.Equal(t, old.Key, inSecret(t, call, corev1.TLSPrivateKeyKey))
	require.Equal(t, next.Key, inSecret(t, call, previousKey), "what was undone can be brought back")
}

func TestPodsThatStillServeTheOldCertificateAreNamed(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	old, next := ca.Issue(t, in(5), []string{"shop.example.com"}), ca.Issue(t, in(90), []string{"shop.example.com"})
	n := network{podOne: optest.ServeTLS(t, func() optest.Issued { return old }), podTwo: optest.ServeTLS(t, func() optest.Issued { return next })}
	call, _ := renewal(t, platform(n, "shop-tls"), map[string]string{"certificate": next.Certificate, "key": next.Key}, gatewayService(),
		gateway("gateway-hash2-aaaaa", "10.0.0.11", "shop-tls"), gateway("gateway-hash2-bbbbb", "10.0.0.12", "shop-tls"), optest.TLSSecret("shop-tls", old))
	plan, _, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.False(t, proof.OK)
	require.Equal(t, []string{"rollout restart gateway", "certs"}, proof.Suggest)
	for i, mark := range []string{markIn(old), markIn(next)} { // keys are made anew each time
		for c := range plan.Changes {
			plan.Changes[c].From = strings.ReplaceAll(plan.Changes[c].From, mark, []string{"OLD", "NEW"}[i])
			plan.Changes[c].To = strings.ReplaceAll(plan.Changes[c].To, mark, []string{"OLD", "NEW"}[i])
		}
	}
	optest.Golden(t, "renew", func(p *messages.Printer) string { return optest.ShowPlan(p, plan) + p.Text(proof.Summary) })
}

func markIn(i optest.Issued) string {
	chain, err := certificate.Parse([]byte(i.Certificate))
	if err != nil {
		return ""
	}
	return chain.Mark()
}

// Where opsbot stopped behind the patch, the key is gone from memory, and not needed.
func TestARenewalGoesOnAfterAStop(t *testing.T) {
	ca := optest.NewAuthority(t, "Example CA", nil)
	old, next := ca.Issue(t, in(5), []string{"shop.example.com"}), ca.Issue(t, in(90), []string{"shop.example.com"})
	call, _ := renewal(t, platform(nil, "shop-tls"), map[string]string{"certificate": next.Certificate, "key": next.Key}, optest.TLSSecret("shop-tls", old))
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	lost := *call
	lost.Secrets = nil
	err = call.Operation.Steps[0].Do(t.Context(), &lost, plan, &optest.RecordedProgress{}, true)
	require.Equal(t, "k8sops.secret.gone", optest.MessageID(t, err))
	require.Equal(t, old.Certificate, inSecret(t, call, corev1.TLSCertKey))
	require.NoError(t, optest.Do(t.Context(), call, plan))
	require.NoError(t, call.Operation.Steps[0].Do(t.Context(), &lost, plan, &optest.RecordedProgress{}, true))
	require.Equal(t, old.Key, inSecret(t, call, previousKey), "the second try did not overwrite what is kept")
	proof, err := call.Operation.Verify(t.Context(), &lost, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.certs.renew.nowhere", proof.Summary.ID)
}
