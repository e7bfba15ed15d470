package testcluster

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	// faultAnnotation on a pod is what the stages in manifests/pod-stages.yaml look at.
	faultAnnotation = "testcluster.opsbot/fault"
	// usageAnnotation on a pod is what manifests/usage.yaml looks at.
	usageAnnotation = "kwok.x-k8s.io/usage-cpu"

	faultCrash   = "crash"
	faultUnready = "unready"
)

// trouble is what was done to a deployment. It survives the pods, so a restart alone does not cure it.
type trouble struct {
	fault string
	// cpuMilli is the work of the whole deployment, divided among its running pods; 0 is the calm default.
	cpuMilli int64
	// goodImage is what ran before a bad image was deployed.
	goodImage string
}

// change edits a deployment's trouble and applies it to the pods that exist.
func (k *caretaker) change(ctx context.Context, deployment types.NamespacedName, edit func(*trouble)) error {
	k.mu.Lock()
	current := k.troubles[deployment]
	edit(&current)
	k.troubles[deployment] = current
	k.mu.Unlock()
	return k.settleDeployment(ctx, deployment)
}

func (k *caretaker) troubleOf(deployment types.NamespacedName) (trouble, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	current, ok := k.troubles[deployment]
	return current, ok
}

// settleDeployment annotates the deployment's pods with its trouble, where they do not carry it yet.
func (k *caretaker) settleDeployment(ctx context.Context, deployment types.NamespacedName) error {
	current, ok := k.troubleOf(deployment)
	if !ok {
		return nil
	}
	pods, err := k.podsOf(deployment)
	if err != nil {
		return err
	}
	want := current.annotations(runningPods(pods))
	for _, pod := range pods {
		if err := k.annotate(ctx, pod, want); err != nil {
			return err
		}
	}
	return nil
}

// annotations returns what each of n running pods must carry; an empty value means the annotation must be absent.
func (t trouble) annotations(n int64) map[string]string {
	want := map[string]string{faultAnnotation: t.fault, usageAnnotation: ""}
	if t.cpuMilli > 0 {
		want[usageAnnotation] = resource.NewMilliQuantity(t.cpuMilli/max(n, 1), resource.DecimalSI).String()
	}
	return want
}

func runningPods(pods []*corev1.Pod) int64 {
	var n int64
	for _, pod := range pods {
		if pod.Status.Phase == corev1.PodRunning {
			n++
		}
	}
	return n
}

func (k *caretaker) annotate(ctx context.Context, pod *corev1.Pod, want map[string]string) error {
	changes := map[string]any{}
	for key, value := range want {
		if pod.Annotations[key] == value {
			continue
		}
		changes[key] = value
		if value == "" {
			changes[key] = nil
		}
	}
	if len(changes) == 0 {
		return nil
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": changes}})
	if err != nil {
		return err
	}
	_, err = k.client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil && !errors.IsNotFound(err) {
		return fmt.Errorf("annotate pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}
