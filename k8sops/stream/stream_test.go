package stream

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
)

// encoded is a list as the API server sends it.
func encoded(t testing.TB, list *corev1.PodList) []byte {
	list.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}
	var b bytes.Buffer
	require.NoError(t, protobuf.NewSerializer(scheme.Scheme, scheme.Scheme).Encode(list, &b))
	return b.Bytes()
}

func somePods() *corev1.PodList {
	list := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "7"}}
	for _, name := range []string{"user-service", "order-service"} {
		pod := readyPod(name)
		pod.Annotations = map[string]string{"large": "annotation"}
		pod.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubelet"}}
		pod.Spec.NodeName = "node-1"
		list.Items = append(list.Items, *pod)
	}
	return list
}

func TestStreamedPodsAreTheSamePodsWithoutWhatWasCut(t *testing.T) {
	want := somePods()
	var got []corev1.Pod
	err := decodeList(bufio.NewReader(bytes.NewReader(encoded(t, want))), Pruning{1: LightMetadata(), 2: nil}, func(raw []byte) error {
		pod := corev1.Pod{}
		require.NoError(t, pod.Unmarshal(raw))
		got = append(got, pod)
		return nil
	})
	require.NoError(t, err)
	require.Len(t, got, len(want.Items))
	for i := range want.Items {
		want.Items[i].Annotations, want.Items[i].ManagedFields, want.Items[i].Spec = nil, nil, corev1.PodSpec{}
		require.True(t, want.Items[i].CreationTimestamp.Equal(&got[i].CreationTimestamp))
		want.Items[i].CreationTimestamp = got[i].CreationTimestamp
		require.Equal(t, want.Items[i], got[i])
	}
}

func TestABrokenStreamIsAnError(t *testing.T) {
	whole := encoded(t, somePods())
	ignore := func([]byte) error { return nil }
	for end := range whole {
		items := 0
		err := decodeList(bufio.NewReader(bytes.NewReader(whole[:end])), Pruning{2: nil}, func([]byte) error {
			items++
			return nil
		})
		require.True(t, err != nil || items == 2, "cut at %d", end)
	}
	require.Error(t, decodeList(bufio.NewReader(bytes.NewReader([]byte(`{"kind":"PodList"}`))), nil, ignore))
}

func FuzzDecodeList(f *testing.F) {
	f.Add(encoded(f, somePods()))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_ = decodeList(bufio.NewReader(bytes.NewReader(data)), Pruning{1: LightMetadata(), 2: nil}, func([]byte) error { return nil })
	})
}

// BenchmarkStreamPods is what /health spends on the pods of a large namespace, network apart.
func BenchmarkStreamPods(b *testing.B) {
	list := &corev1.PodList{}
	for i := range 9000 {
		pod := readyPod("user-service")
		pod.Name = fmt.Sprintf("user-service-%d", i)
		pod.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubelet", FieldsV1: metav1.NewFieldsV1(strings.Repeat("x", 1500))}}
		pod.Spec.Containers[0].Env = make([]corev1.EnvVar, 20)
		list.Items = append(list.Items, *pod)
	}
	wire := encoded(b, list)
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		var names []string
		err := decodeList(bufio.NewReader(bytes.NewReader(wire)), Pruning{1: LightMetadata(), 2: nil}, func(raw []byte) error {
			pod := &corev1.Pod{}
			if err := pod.Unmarshal(raw); err != nil {
				return err
			}
			names = append(names, pod.Name)
			return nil
		})
		if err != nil || len(names) != len(list.Items) {
			b.Fatal(err, len(names))
		}
	}
}

func readyPod(workload string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: workload + "-hash2-abcde", Namespace: "ecommerce-k8s", Labels: map[string]string{"app": workload}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "exporter"}, {Name: workload}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}},
	}
}
