package inspect

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clienttesting "k8s.io/client-go/testing"
	metricsfake "k8s.io/metrics/pkg/client/clientset/versioned/fake"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

func node(name string, ready corev1.ConditionStatus, pressure ...corev1.NodeConditionType) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ready}}
	for _, p := range pressure {
		n.Status.Conditions = append(n.Status.Conditions, corev1.NodeCondition{Type: p, Status: corev1.ConditionTrue})
	}
	return n
}

func service(name string, ready ...bool) []runtime.Object {
	slice := &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{
		Name: name + "-x", Namespace: optest.TestNamespace, Labels: map[string]string{discoveryv1.LabelServiceName: name},
	}}
	for _, r := range ready {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{Conditions: discoveryv1.EndpointConditions{Ready: &r}})
	}
	return []runtime.Object{slice, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": name}},
	}}
}

func tlsSecret(t *testing.T, name string, notAfter time.Time) *corev1.Secret {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: notAfter.Add(-time.Hour), NotAfter: notAfter}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: optest.TestNamespace}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})},
	}
}

// troubled is a platform in which everything that health looks at is wrong.
func troubled(t *testing.T) []runtime.Object {
	user := optest.Deployment("user-service", 3, func(d *appsv1.Deployment) { d.Status.AvailableReplicas = 0 })
	order := optest.Deployment("order-service", 2, func(d *appsv1.Deployment) { d.Status.AvailableReplicas = 1 })
	pull := optest.WaitingPod("user-service-hash3", "ImagePullBackOff")
	crash := optest.ReadyPod("order-service")
	crash.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "order-service-hash2", Controller: new(true)}}
	crash.Labels["pod-template-hash"] = "hash2"
	crash.Status.ContainerStatuses = []corev1.ContainerStatus{{
		RestartCount: 9, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
		LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "OOMKilled", FinishedAt: metav1.NewTime(optest.TestNow().Add(-3 * time.Minute))}},
	}}
	hpa := optest.Autoscaler("order-service", 2, 5)
	hpa.Status = autoscalingv2.HorizontalPodAutoscalerStatus{CurrentReplicas: 5, DesiredReplicas: 5,
		Conditions: []autoscalingv2.HorizontalPodAutoscalerCondition{{Type: autoscalingv2.ScalingActive, Status: corev1.ConditionFalse, Reason: "FailedGetResourceMetric"}}}
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "data", Namespace: optest.TestNamespace, CreationTimestamp: metav1.NewTime(optest.TestNow().Add(-time.Hour))},
		Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimPending}}
	warning := &corev1.Event{ObjectMeta: metav1.ObjectMeta{Name: "e1", Namespace: optest.TestNamespace}, Type: corev1.EventTypeWarning, Reason: "BackOff", Count: 12,
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "order-service-6d4b75cb6d-hwxyz"}, Message: "Back-off restarting failed container",
		LastTimestamp: metav1.NewTime(optest.TestNow().Add(-time.Minute))}
	objects := []runtime.Object{
		user, optest.ReplicaSet(user, "1", "user-service:0.9", ""), order, optest.Deployment("postgres", 1), optest.ReadyPod("postgres"), pull, crash, hpa, claim, warning,
		node("node-1", corev1.ConditionFalse), node("node-2", corev1.ConditionTrue, corev1.NodeDiskPressure), node("node-3", corev1.ConditionTrue),
		tlsSecret(t, "shop-tls", optest.TestNow().Add(5*24*time.Hour)), tlsSecret(t, "old-tls", optest.TestNow().Add(-24*time.Hour)), tlsSecret(t, "fine-tls", optest.TestNow().Add(90*24*time.Hour)),
	}
	return append(objects, service("user-service", false, false)...)
}

func TestHealthVerdicts(t *testing.T) {
	for name, objects := range map[string][]runtime.Object{
		"health-red":   troubled(t),
		"health-green": append(service("user-service", true), optest.Deployment("user-service", 3), node("node-1", corev1.ConditionTrue)),
	} {
		t.Run(name, func(t *testing.T) {
			d := optest.TestPlatform()
			d.LastBackup = func(context.Context, string, string) (int, time.Time, error) {
				if name == "health-green" {
					return 1, optest.TestNow().Add(-24 * time.Hour), nil
				}
				return 0, time.Time{}, nil
			}
			call, _ := optest.NewCall(t, Operations(d), "health", objects...)
			call.Client.Exec = &optest.FakeDatabase{}
			result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
			require.NoError(t, err)
			optest.Golden(t, name, func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })
		})
	}
}

func TestHealthOfOneServiceLooksAtNothingElse(t *testing.T) {
	call, _ := optest.NewCall(t, Operations(optest.TestPlatform()), "health user", troubled(t)...)
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	for _, s := range result.Card.Sections {
		if s.Finding != nil && s.Finding.Action != nil {
			require.NotContains(t, s.Finding.Action.Value, "order-service")
		}
	}
}

// Missing rights and a missing metrics API make blind spots that are said, not errors.
func TestHealthSaysWhatItCannotSee(t *testing.T) {
	call, kube := optest.NewCall(t, Operations(optest.TestPlatform()), "health", optest.Deployment("user-service", 1), optest.Deployment("postgres", 1), optest.ReadyPod("postgres"))
	forbid := func(resource string) {
		kube.PrependReactor("list", resource, func(clienttesting.Action) (bool, runtime.Object, error) {
			return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", nil)
		})
	}
	for _, resource := range []string{"nodes", "secrets", "events", "persistentvolumeclaims", "horizontalpodautoscalers"} {
		forbid(resource)
	}
	metrics := metricsfake.NewSimpleClientset()
	metrics.PrependReactor("list", "nodes", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewNotFound(schema.GroupResource{Group: "metrics.k8s.io", Resource: "nodes"}, "")
	})
	call.Client.Metrics = metrics
	call.Client.Exec = &optest.FakeDatabase{Fail: &k8sops.CommandError{Program: "df", Code: 126, Stderr: "not allowed"}}
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	missing := 0
	for _, s := range result.Card.Sections {
		if s.Finding != nil && s.Finding.Text.ID == "k8sops.health.missing" {
			missing++
		}
	}
	require.Equal(t, 7, missing)

	forbid("pods")
	_, err = call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.Equal(t, k8sops.CodeForbidden, k8sops.CodeOf(err), "without pods there is no verdict")
}

func TestDisks(t *testing.T) {
	disks := parseDisks(strings.Join([]string{
		"Filesystem     1024-blocks      Used Available Capacity Mounted on",
		"overlay           61255492  52067168   9188324      85% /",
		"tmpfs                65536         0     65536       0% /dev",
		"/dev/sdb1         10000000   9500000    500000      95% /var/lib/postgresql data",
		"df: /root: Permission denied", "", "x",
	}, "\n"))
	require.Equal(t, []disk{{"/", 85, 52067168 << 10, 9188324 << 10}, {"/var/lib/postgresql data", 95, 9500000 << 10, 500000 << 10}}, disks)
	findings := checkDisks(&snapshot{disks: disks, thresholds: kube.Thresholds{DiskWarn: 85, DiskBad: 90}})
	require.Equal(t, []messages.Tone{messages.ToneWarning, messages.ToneBad}, []messages.Tone{findings[0].tone, findings[1].tone})
}

func TestBackupFindings(t *testing.T) {
	old, fresh := optest.TestNow().Add(-48*time.Hour), optest.TestNow().Add(-time.Hour)
	for _, c := range []struct {
		backups  int
		verified time.Time
		want     string
	}{
		{0, time.Time{}, "k8sops.health.no_backup"}, {1, time.Time{}, "k8sops.health.no_verified_backup"},
		{2, old, "k8sops.health.old_backup"}, {2, fresh, ""},
	} {
		findings := checkBackups(&snapshot{now: optest.TestNow(), backups: c.backups, verifiedBackup: c.verified, backupsKnown: true})
		got := ""
		if len(findings) > 0 {
			got = findings[0].text.ID
		}
		require.Equal(t, c.want, got)
	}
	require.Empty(t, checkBackups(&snapshot{}), "no storage is no finding")
}

// Where TLS secrets are named, each is read by its name, and one that is not there is said.
func TestHealthReadsNamedCertificates(t *testing.T) {
	platform := optest.TestPlatform()
	platform.Certificates = []string{"shop-tls"}
	answer := func(objects ...runtime.Object) string {
		objects = append(objects, optest.Deployment("user-service", 1))
		call, kube := optest.NewCall(t, Operations(platform), "health", objects...)
		kube.PrependReactor("list", "secrets", func(clienttesting.Action) (bool, runtime.Object, error) {
			return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, "", nil)
		})
		result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
		require.NoError(t, err)
		var found []string
		for _, s := range result.Card.Sections {
			if s.Finding != nil && strings.Contains(s.Finding.Text.ID, "certificate") {
				found = append(found, s.Finding.Text.ID)
			}
			if s.Finding != nil && s.Finding.Text.ID == "k8sops.health.missing" && s.Finding.Text.Args["what"].Text.ID == "k8sops.health.part.certificates" {
				found = append(found, "missing")
			}
		}
		return strings.Join(found, " ")
	}
	require.Equal(t, "k8sops.health.certificate_expired", answer(tlsSecret(t, "shop-tls", optest.TestNow().Add(-time.Hour)), tlsSecret(t, "other-tls", optest.TestNow().Add(-time.Hour))))
	require.Equal(t, "missing", answer())
}
