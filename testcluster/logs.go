package testcluster

import (
	"encoding/json"
	"fmt"
	"os"

	"opsbot/testcluster/podlog"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Streams of a container's log.
const (
	Stdout = "stdout"
	Stderr = "stderr"
)

// AppendLog adds a line, with the present time, to the log of a pod or of every pod of a deployment.
func (c *Cluster) AppendLog(namespace, podOrDeployment, stream, line string) error {
	return c.caretaker.appendLog(namespace, podOrDeployment, stream, line)
}

func (k *caretaker) appendLog(namespace, podOrDeployment, stream, line string) error {
	names := []string{podOrDeployment}
	if _, err := os.Stat(k.logs.Current(namespace, podOrDeployment)); err != nil {
		pods, err := k.podsOf(types.NamespacedName{Namespace: namespace, Name: podOrDeployment})
		if err != nil {
			return err
		}
		names = nil
		for _, pod := range pods {
			names = append(names, pod.Name)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("append log: namespace %s has no pod or deployment %s", namespace, podOrDeployment)
	}
	for _, name := range names {
		if err := k.logs.Write(namespace, name, podlog.Line{At: k.logs.Now(), Stream: stream, Text: line}); err != nil {
			return fmt.Errorf("append log of %s/%s: %w", namespace, name, err)
		}
	}
	return nil
}

// openLog gives a pod its files and tells kwok. kwok's cluster-wide kind is used with one object per pod: its namespaced
// kind would put objects of the simulation among those of the platform.
func (k *caretaker) openLog(pod *corev1.Pod) error {
	if err := k.logs.Open(pod); err != nil {
		return err
	}
	manifest, err := json.Marshal(map[string]any{
		"apiVersion": "kwok.x-k8s.io/v1alpha1",
		"kind":       "ClusterLogs",
		"metadata":   map[string]any{"name": logsName(pod)},
		"spec": map[string]any{
			"selector": map[string]any{
				"matchNamespaces": []string{pod.Namespace}, "matchNames": []string{pod.Name},
			},
			"logs": []any{map[string]any{
				"logsFile":         k.logs.Current(pod.Namespace, pod.Name),
				"previousLogsFile": k.logs.Previous(pod.Namespace, pod.Name),
			}},
		},
	})
	if err != nil {
		return err
	}
	return k.applier.apply(k.ctx, manifest, "")
}

func (k *caretaker) closeLog(pod *corev1.Pod) error {
	k.logs.Remove(pod)
	resource := schema.GroupVersionResource{Group: "kwok.x-k8s.io", Version: "v1alpha1", Resource: "clusterlogs"}
	return k.applier.client.Resource(resource).Delete(k.ctx, logsName(pod), metav1.DeleteOptions{})
}

func logsName(pod *corev1.Pod) string { return pod.Namespace + "." + pod.Name }
