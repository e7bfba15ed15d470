package inspect

import (
	"bytes"
	"context"
	"regexp"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/stream"
	"opsbot/messages"
)

// snapshot is everything the health checks look at, gathered at one moment. What could not be gathered is in missing.
type snapshot struct {
	now        time.Time
	thresholds kube.Thresholds
	// service limits the snapshot to one workload, nil for the whole namespace.
	service *kube.Workload

	nodes []nodeState
	// pods are those that may be in trouble, of podsTotal, of which podsReady are ready.
	pods                 []podState
	podsReady, podsTotal int
	workloads            []kube.Workload
	listed               chan struct{} // closed when workloads are complete
	services             []corev1.Service
	addresses            map[string]addressCount
	autoscalers          []autoscalingv2.HorizontalPodAutoscaler
	claims               []corev1.PersistentVolumeClaim
	nodeUsage            []usage
	warnings             []eventGroup
	certificates         []held
	disks                []disk
	backups              int       // how many there are
	verifiedBackup       time.Time // when the newest one that is verified was made
	// backupsKnown tells no backups from no storage; the map says which other parts were gathered.
	backupsKnown bool

	mu      sync.Mutex
	missing []finding
}

// part is one thing to gather. optional parts that fail become a finding instead of an error.
type part struct {
	name     messages.Text
	optional bool
	gather   func(ctx context.Context, call *k8sops.Call, s *snapshot) error
}

func (h health) parts() []part {
	return []part{
		{name: messages.New("k8sops.health.part.workloads"), gather: gatherWorkloads},
		{name: messages.New("k8sops.health.part.pods"), gather: gatherPods},
		{name: messages.New("k8sops.health.part.services"), gather: gatherServices},
		{name: messages.New("k8sops.health.part.nodes"), optional: true, gather: gatherNodes},
		{name: messages.New("k8sops.health.part.usage"), optional: true, gather: gatherNodeUsage},
		{name: messages.New("k8sops.health.part.autoscalers"), optional: true, gather: gatherAutoscalers},
		{name: messages.New("k8sops.health.part.claims"), optional: true, gather: gatherClaims},
		{name: messages.New("k8sops.health.part.events"), optional: true, gather: gatherWarnings},
		{name: messages.New("k8sops.health.part.certificates"), optional: true, gather: h.gatherCertificates},
		{name: messages.New("k8sops.health.part.disks"), optional: true, gather: h.gatherDisks},
		{name: messages.New("k8sops.health.part.backups"), optional: true, gather: h.gatherBackups},
	}
}

// gather collects all parts at once. Only a part that health makes no sense without fails the whole.
func (h health) gather(ctx context.Context, call *k8sops.Call, service *kube.Workload) (*snapshot, error) {
	s := &snapshot{now: call.Now, thresholds: h.Thresholds, service: service, listed: make(chan struct{})}
	group, groupCtx := errgroup.WithContext(ctx)
	for _, p := range h.parts() {
		group.Go(func() error {
			err := p.gather(groupCtx, call, s)
			if err != nil && p.optional && ctx.Err() == nil {
				s.miss(p.name, err)
				return nil
			}
			return k8sops.Explain("gather health", err)
		})
	}
	return s, group.Wait()
}

// miss says what is not known and why, so that a green verdict never hides a blind spot.
func (s *snapshot) miss(what messages.Text, err error) {
	reason := k8sops.WhyNot(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.missing = append(s.missing, finding{tone: messages.ToneInfo, text: messages.New("k8sops.health.missing", "what", what, "reason", reason)})
}

// concerns reports whether an object with this name is looked at.
func (s *snapshot) concerns(name string) bool { return s.service == nil || s.service.Name == name }

func gatherWorkloads(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	list, err := kube.List(ctx, call, labels.Everything())
	for _, w := range list {
		if s.service == nil || s.service.Key() == w.Key() {
			s.workloads = append(s.workloads, w)
		}
	}
	if err == nil {
		close(s.listed)
	}
	return err
}

// eachPod visits the namespace's pods that the selectors of l choose, without their specifications.
func eachPod(ctx context.Context, call *k8sops.Call, l stream.Listing, visit func(*corev1.Pod)) error {
	return kube.EachPod(ctx, call, l, stream.Pruning{1: stream.LightMetadata(), 2: nil}, visit)
}

func gatherNodes(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	return eachNode(ctx, call, func(node *corev1.Node) { s.nodes = append(s.nodes, nodeStateOf(node)) })
}

// eachNode visits the nodes without the images and volumes in their status.
func eachNode(ctx context.Context, call *k8sops.Call, visit func(*corev1.Node)) error {
	whole := func(ctx context.Context, options metav1.ListOptions) ([]corev1.Node, error) {
		list, err := call.Client.Kubernetes.CoreV1().Nodes().List(ctx, options)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	}
	const images, volumesInUse, volumesAttached = 8, 9, 10
	cut := stream.Pruning{1: stream.LightMetadata(), 3: {images: nil, volumesInUse: nil, volumesAttached: nil}}
	return stream.Each(ctx, call.Client, stream.Listing{Resource: "nodes"}, cut, whole, visit)
}

func gatherServices(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	list, err := call.Client.Kubernetes.CoreV1().Services(call.Namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	for _, service := range list.Items {
		if s.concerns(service.Name) {
			s.services = append(s.services, service)
		}
	}
	s.addresses, err = readyAddresses(ctx, call)
	return err
}

func gatherAutoscalers(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	list, err := call.Client.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(call.Namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	for _, hpa := range list.Items {
		if s.concerns(hpa.Spec.ScaleTargetRef.Name) {
			s.autoscalers = append(s.autoscalers, hpa)
		}
	}
	return nil
}

func gatherClaims(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	if s.service != nil {
		return nil
	}
	list, err := call.Client.Kubernetes.CoreV1().PersistentVolumeClaims(call.Namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	s.claims = list.Items
	return nil
}

func gatherNodeUsage(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	metrics, err := call.Client.Metrics.MetricsV1beta1().NodeMetricses().List(ctx, metav1.ListOptions{})
	if err != nil {
		return metricsError("list node metrics", err)
	}
	for _, m := range metrics.Items {
		s.nodeUsage = append(s.nodeUsage, nodeAmounts(m.Name, m.Usage, nil))
	}
	return nil
}

func gatherWarnings(ctx context.Context, call *k8sops.Call, s *snapshot) (err error) {
	keep := func(object string) bool {
		return s.service == nil || ownerByName(object, []string{s.service.Name}) != ""
	}
	s.warnings, err = gatherEvents(ctx, call, true, call.Now.Add(-time.Hour), keep)
	return err
}

func (h health) concernsDatabase(s *snapshot) bool {
	return s.service == nil || h.Database.Is(*s.service)
}

// gatherDisks runs df in the database's pod (handbook: 存储检查).
func (h health) gatherDisks(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	if !h.concernsDatabase(s) {
		return nil
	}
	c, err := h.DatabaseContainer(ctx, call)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var out bytes.Buffer
	err = call.Client.Executor().Exec(ctx, k8sops.Command{
		Namespace: c.Namespace, Pod: c.Pod, Container: c.Name, Args: []string{"df", "-P", "-k"}, Stdout: &out,
	})
	// df complains about mounts that it may not look at, and still lists the others.
	if s.disks = parseDisks(out.String()); len(s.disks) == 0 && err != nil {
		return kube.ExplainExec("df in "+c.Pod, err)
	}
	return nil
}

func (h health) gatherBackups(ctx context.Context, call *k8sops.Call, s *snapshot) (err error) {
	if h.LastBackup == nil || !h.concernsDatabase(s) {
		return nil
	}
	s.backups, s.verifiedBackup, err = h.LastBackup(ctx, call.Cluster, call.Namespace)
	s.backupsKnown = err == nil
	return err
}

// workloadOf is the workload that a pod belongs to, read off its owner's name: a replica set's without the hash of the template, a
// cron job's job without the time that it was due.
func workloadOf(pod *corev1.Pod) string {
	owner := metav1.GetControllerOfNoCopy(pod)
	if owner == nil {
		return pod.Name
	}
	if owner.Kind == kube.Job {
		return dueSuffix.ReplaceAllString(owner.Name, "")
	}
	return kube.OwnerName(pod)
}

// dueSuffix is the minute that the cron job controller puts behind the name of a job.
var dueSuffix = regexp.MustCompile(`-\d{8}$`)
