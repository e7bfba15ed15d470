package kube

import (
	"cmp"
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/messages"
)

// Container is one running container of a workload.
type Container struct {
	Namespace, Pod, Name string
	IP                   string // of the pod
}

// DatabaseContainer is where the platform's PostgreSQL runs: the container, in the primary's pod, of the configured workload or
// label selector. It needs the access of ListWorkloads and list on pods.
func (d Platform) DatabaseContainer(ctx context.Context, call *k8sops.Call) (Container, error) {
	there := *call
	if d.Database.Namespace != "" {
		there.Namespace = d.Database.Namespace
	}
	pods, err := d.databasePods(ctx, &there)
	if err != nil {
		return Container{}, err
	}
	pods = slices.DeleteFunc(pods, func(pod corev1.Pod) bool { return pod.DeletionTimestamp != nil || !PodReady(&pod) })
	if len(pods) == 0 {
		return Container{}, d.noDatabase(ctx, call, &there)
	}
	pod, err := primary(pods)
	if err != nil {
		return Container{}, err
	}
	name, err := d.Database.containerOf(pod)
	return Container{there.Namespace, pod.Name, name, pod.Status.PodIP}, err
}

func (b Database) where() string {
	if b.Selector != "" {
		return b.Selector
	}
	return b.Workload
}

// Is reports whether a workload is the database: the one that is named, or one whose pods the selector selects.
func (b Database) Is(w Workload) bool { return names(b.Workload, w) || selects(b.Selector, w) }

// names reports whether NAME or KIND/NAME is the workload.
func names(target string, w Workload) bool {
	kind, name := cutKind(target)
	return w.Name == name && (kind == "" || w.isKind(kind))
}

func selects(selector string, w Workload) bool {
	parsed, err := labels.Parse(selector)
	return selector != "" && err == nil && w.Template() != nil && parsed.Matches(labels.Set(w.Template().Labels))
}

func (d Platform) databasePods(ctx context.Context, call *k8sops.Call) ([]corev1.Pod, error) {
	if d.Database.Selector != "" {
		list, err := call.Client.Kubernetes.CoreV1().Pods(call.Namespace).List(ctx, metav1.ListOptions{LabelSelector: d.Database.Selector})
		if err != nil {
			return nil, k8sops.Explain("find database pod", err)
		}
		return list.Items, nil
	}
	workloads, err := List(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	notDatabase := func(w Workload) bool { return !d.Database.Is(w) }
	if workloads = slices.DeleteFunc(workloads, notDatabase); len(workloads) == 0 {
		others, err := listOthers(ctx, call) // an operator's pods
		if err != nil {
			return nil, err
		}
		workloads = slices.DeleteFunc(others, notDatabase)
	}
	var pods []corev1.Pod
	for _, w := range workloads {
		more, err := PodsOf(ctx, call, w)
		if err != nil {
			return nil, err
		}
		pods = append(pods, more...)
	}
	return pods, nil
}

// primary is the pod that takes writes: the only one, or the one that its operator labels so.
func primary(pods []corev1.Pod) (*corev1.Pod, error) {
	if len(pods) == 1 {
		return &pods[0], nil
	}
	var leaders []*corev1.Pod
	var names []string
	for i := range pods {
		names = append(names, pods[i].Name)
		if isPrimary(pods[i].Labels) {
			leaders = append(leaders, &pods[i])
		}
	}
	if len(leaders) == 1 {
		return leaders[0], nil
	}
	return nil, &k8sops.Error{Code: k8sops.CodeUnavailable,
		Message: messages.New("k8sops.database.which_pod", "pods", strings.Join(names, ", ")), Hint: messages.New("k8sops.database.which_pod_hint")}
}

// isPrimary knows the labels of CloudNativePG, Crunchy, Zalando, Bitnami and Stolon.
func isPrimary(labels map[string]string) bool {
	for _, key := range []string{
		"cnpg.io/instanceRole", "role", "postgres-operator.crunchydata.com/role", "spilo-role", "app.kubernetes.io/component", "stolon-role",
	} {
		if value := labels[key]; value == "primary" || value == "master" {
			return true
		}
	}
	return false
}

// containerOf is the configured container, the one that the pod's annotation names as kubectl's default, the only one that looks like
// PostgreSQL, or the only one there is. It is never guessed from the order.
func (b Database) containerOf(pod *corev1.Pod) (string, error) {
	if name := chooseContainer(pod, b.Container, servesPostgres); name != "" {
		return name, nil
	}
	return "", &k8sops.Error{Code: k8sops.CodeUnavailable,
		Message: messages.New("k8sops.database.which_container", "pod", messages.Code(pod.Name), "containers", strings.Join(containerNames(pod), ", ")),
		Hint:    messages.New("k8sops.database.which_container_hint")}
}

// chooseContainer is the container of that name, the one that the pod's annotation names, the only one that serves, or the only one
// there is; "" where that is not clear.
func chooseContainer(pod *corev1.Pod, configured string, serves func(corev1.Container) bool) string {
	names := containerNames(pod)
	if name := cmp.Or(configured, pod.Annotations[DefaultContainerAnnotation]); name != "" && slices.Contains(names, name) {
		return name
	}
	servers := slices.DeleteFunc(slices.Clone(pod.Spec.Containers), func(c corev1.Container) bool { return !serves(c) })
	switch {
	case configured == "" && len(servers) == 1:
		return servers[0].Name
	case configured == "" && len(names) == 1:
		return names[0]
	}
	return ""
}

func containerNames(pod *corev1.Pod) []string {
	names := make([]string, len(pod.Spec.Containers))
	for i, c := range pod.Spec.Containers {
		names[i] = c.Name
	}
	return names
}

// servesPostgres recognises a PostgreSQL server: it listens on 5432, or its image or name is one of the usual ones. Exporters and
// sidecars have neither.
func servesPostgres(c corev1.Container) bool {
	for _, port := range c.Ports {
		if port.ContainerPort == 5432 {
			return true
		}
	}
	usual := []string{"postgres", "postgresql", "spilo", "postgis", "timescaledb", "crunchy-postgres", "postgresql-repmgr"}
	return slices.Contains(usual, repositoryName(c.Image)) || slices.Contains(usual, c.Name) || c.Name == "database"
}

// repositoryName is the last part of an image's repository: "postgres" of "docker.io/library/postgres:16".
func repositoryName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	image = image[strings.LastIndex(image, "/")+1:]
	name, _, _ := strings.Cut(image, ":")
	return name
}

// IsNamed reports whether a name from the configuration, NAME or KIND/NAME, means the workload.
func (w Workload) IsNamed(configured string) bool { return names(configured, w) }
