package testcluster

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"opsbot/testcluster/podlog"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// caretaker watches all pods and does for them what kwok does not: log files of their own, exec in their namespace, and
// the faults and load that were put on their deployment.
type caretaker struct {
	client  kubernetes.Interface
	applier *applier
	logs    *podlog.Files
	log     io.Writer
	pods    corelisters.PodLister
	// execDir holds the working directories of exec.
	execDir string
	// ctx ends all work, API calls in flight included, with the cluster.
	ctx context.Context

	mu       sync.Mutex
	troubles map[types.NamespacedName]trouble
	execs    map[string]map[string]map[string]string
}

func (c *Cluster) startCaretaker(ctx context.Context) error {
	config, err := c.ConfigFor(caretakerUser, adminsGroup)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("create client of caretaker: %w", err)
	}
	// Its life is that of the cluster and not that of the call to Start.
	life, cancel := context.WithCancel(context.Background())
	factory := informers.NewSharedInformerFactory(client, 0)
	c.caretaker = &caretaker{
		client: client, applier: c.applier, log: c.options.Log, ctx: life,
		logs:     &podlog.Files{Dir: c.podLogDir(), Now: time.Now},
		pods:     factory.Core().V1().Pods().Lister(),
		execDir:  filepath.Join(c.dir, "exec"),
		troubles: map[types.NamespacedName]trouble{},
		execs:    map[string]map[string]map[string]string{},
	}
	c.onClose(func() error { cancel(); factory.Shutdown(); return nil })
	informer := factory.Core().V1().Pods().Informer()
	if _, err := informer.AddEventHandler(c.caretaker.handlers()); err != nil {
		return fmt.Errorf("watch pods: %w", err)
	}
	factory.Start(life.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("watch pods: %w", ctx.Err())
	}
	return nil
}

func (k *caretaker) handlers() cache.ResourceEventHandlerFuncs {
	return cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { k.podAdded(object.(*corev1.Pod)) },
		UpdateFunc: func(before, after any) {
			k.podChanged(before.(*corev1.Pod), after.(*corev1.Pod))
		},
		DeleteFunc: func(object any) {
			if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = tombstone.Obj
			}
			if pod, ok := object.(*corev1.Pod); ok {
				k.podGone(pod)
			}
		},
	}
}

func (k *caretaker) podAdded(pod *corev1.Pod) {
	k.report(pod, "open log", k.openLog(pod))
	k.report(pod, "allow exec", k.ensureExec(k.ctx, pod.Namespace))
	k.settle(pod)
}

func (k *caretaker) podChanged(before, after *corev1.Pod) {
	if restarts(after) > restarts(before) {
		k.report(after, "rotate log", k.logs.Rotate(after))
	}
	if before.Status.Phase != after.Status.Phase {
		k.settle(after)
	}
}

func (k *caretaker) podGone(pod *corev1.Pod) {
	k.report(pod, "remove log", k.closeLog(pod))
	k.settle(pod)
}

// settle makes all pods of the pod's deployment share the deployment's trouble.
func (k *caretaker) settle(pod *corev1.Pod) {
	if owner, ok := deploymentOf(pod); ok {
		k.report(pod, "settle", k.settleDeployment(k.ctx, owner))
	}
}

// report tells about failures, except those that only mean that the pod, its namespace or the cluster is going away.
func (k *caretaker) report(pod *corev1.Pod, action string, err error) {
	if err == nil || k.ctx.Err() != nil || errors.IsNotFound(err) || errors.IsForbidden(err) {
		return
	}
	fmt.Fprintf(k.log, "caretaker: %s of pod %s/%s: %v\n", action, pod.Namespace, pod.Name, err)
}

// podsOf returns the live pods of a deployment.
func (k *caretaker) podsOf(deployment types.NamespacedName) ([]*corev1.Pod, error) {
	all, err := k.pods.Pods(deployment.Namespace).List(labels.Everything())
	if err != nil {
		return nil, fmt.Errorf("list pods of %s: %w", deployment, err)
	}
	var pods []*corev1.Pod
	for _, pod := range all {
		if owner, ok := deploymentOf(pod); ok && owner == deployment && pod.DeletionTimestamp == nil {
			pods = append(pods, pod)
		}
	}
	return pods, nil
}

// deploymentOf derives the deployment from the name of the pod's replica set.
func deploymentOf(pod *corev1.Pod) (types.NamespacedName, bool) {
	hash := pod.Labels["pod-template-hash"]
	for _, owner := range pod.OwnerReferences {
		if owner.Kind == "ReplicaSet" && hash != "" {
			name := strings.TrimSuffix(owner.Name, "-"+hash)
			return types.NamespacedName{Namespace: pod.Namespace, Name: name}, true
		}
	}
	return types.NamespacedName{}, false
}

func restarts(pod *corev1.Pod) int32 {
	var sum int32
	for _, status := range pod.Status.ContainerStatuses {
		sum += status.RestartCount
	}
	return sum
}
