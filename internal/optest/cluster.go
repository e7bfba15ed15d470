package optest

import (
	"fmt"
	"testing"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

// ReadyPod is a pod of a workload that serves.
func ReadyPod(workload string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: workload + "-hash2-abcde", Namespace: TestNamespace, CreationTimestamp: metav1.NewTime(TestNow().Add(-time.Hour)),
			Labels: map[string]string{"app": workload},
		},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "exporter"}, {Name: workload}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}},
	}
}

// Updated is user-service after it went from 1.0 to 1.1, with a password in its environment.
func Updated() []runtime.Object {
	d := Deployment("user-service", 3)
	d.Spec.Template.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "DB_PASSWORD", Value: "hunter2"}}
	old := ReplicaSet(d, "1", "user-service:1.0", "deploy user-service user-service:1.0 by zhangsan@company.com via opsbot")
	d.Spec.Template.Spec.Containers[0].Image = "user-service:1.1"
	return []runtime.Object{d, old, ReplicaSet(d, "2", "user-service:1.1", "deploy user-service user-service:1.1")}
}

// WaitingPod is a pod whose container waits for the given reason.
func WaitingPod(owner, reason string) *corev1.Pod {
	controller := true
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: owner + "-abcde", Namespace: TestNamespace, CreationTimestamp: metav1.NewTime(TestNow()),
			Labels:          map[string]string{"app": "user-service", "pod-template-hash": "hash3"},
			OwnerReferences: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: owner, UID: "rs-3", Controller: &controller}},
		},
		Status: corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "user-service", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
		}}},
	}
}

// ReplicasIn reads how many replicas a deployment is to have.
func ReplicasIn(t *testing.T, call *k8sops.Call, name string) int {
	t.Helper()
	d, err := call.Client.Kubernetes.AppsV1().Deployments(TestNamespace).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	return kube.WorkloadOf(d).Replicas()
}

// Platform is a small platform: three services.
func Platform() []runtime.Object {
	return []runtime.Object{
		Deployment("user-service", 3), Deployment("order-service", 2), Deployment("payment-service", 2),
		Deployment("postgres", 1, func(d *appsv1.Deployment) { d.Labels["tier"] = "data" }),
	}
}

// GrantOnly makes access reviews answer by may, and self reviews name the call's identity.
func GrantOnly(kube *fake.Clientset, call *k8sops.Call, may func(*authorizationv1.ResourceAttributes) bool) {
	kube.PrependReactor("create", "selfsubjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
		review := action.(clienttesting.CreateAction).GetObject().(*authorizationv1.SelfSubjectAccessReview).DeepCopy()
		review.Status.Allowed = may(review.Spec.ResourceAttributes)
		return true, review, nil
	})
	kube.PrependReactor("create", "selfsubjectreviews", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &authenticationv1.SelfSubjectReview{Status: authenticationv1.SelfSubjectReviewStatus{
			UserInfo: authenticationv1.UserInfo{Username: call.Identity.User, Groups: call.Identity.Groups},
		}}, nil
	})
}

// ReadsOnly allows what only looks.
func ReadsOnly(a *authorizationv1.ResourceAttributes) bool {
	return (a.Verb == "list" || a.Verb == "get") && a.Subresource != "exec"
}

// Event is an event that happened some minutes ago.
func Event(n int, kind, object, reason, message string, minutesAgo int, count int32) *corev1.Event {
	e := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("e", n), Namespace: TestNamespace}, Type: corev1.EventTypeNormal, Reason: reason, Count: count,
		InvolvedObject: corev1.ObjectReference{Kind: kind, Name: object}, Message: message,
		LastTimestamp: metav1.NewTime(TestNow().Add(-time.Duration(minutesAgo) * time.Minute)),
	}
	if reason == "BackOff" {
		e.Type = corev1.EventTypeWarning
	}
	return e
}

// Secret is a Secret with some values.
func Secret(name string, values map[string]string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: TestNamespace, UID: types.UID(name), ResourceVersion: "1"}, Data: map[string][]byte{}}
	for key, value := range values {
		s.Data[key] = []byte(value)
	}
	return s
}
