package network

import (
	"context"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// target is where a connection is to go.
type target struct {
	host string
	port int
	// service is the one of this namespace that is meant, nil for anything else.
	service *corev1.Service
	// pods are those behind the service, or the one with the address.
	pods []corev1.Pod
	// namespace is another one that the name is in, "" for this one and for what is outside the cluster.
	namespace string
}

// text is the target as it is typed.
func (t target) text() string { return net.JoinHostPort(t.host, strconv.Itoa(t.port)) }

// splitTarget takes HOST:PORT apart. port is a number, or the name of a port of a service.
func splitTarget(typed string) (host, port string, err error) {
	host, port, splitErr := net.SplitHostPort(typed)
	_, addressErr := netip.ParseAddr(host)
	isName := regexp.MustCompile(`^[a-z0-9]`).MatchString(host) && len(validation.IsDNS1123Subdomain(host)) == 0
	if splitErr != nil || port == "" || addressErr != nil && !isName || strings.Contains(host, "%") {
		return "", "", &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.net_test.bad_target", "target", messages.Code(typed)),
			Hint: messages.New("k8sops.net_test.target_hint")}
	}
	return host, port, nil
}

// findTarget looks up what is meant, as far as it is in this namespace.
func findTarget(ctx context.Context, call *k8sops.Call, typed string) (target, error) {
	host, port, err := splitTarget(strings.ToLower(typed))
	if err != nil {
		return target{}, err
	}
	services, err := call.Client.Kubernetes.CoreV1().Services(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return target{}, k8sops.Explain("list services in "+call.Namespace, err)
	}
	t := target{host: host}
	name, namespace := inCluster(host, call.Namespace)
	if i := slices.IndexFunc(services.Items, func(s corev1.Service) bool {
		return namespace == call.Namespace && s.Name == name || slices.Contains(s.Spec.ClusterIPs, host) || s.Spec.ClusterIP == host
	}); i >= 0 {
		t.service = &services.Items[i]
	}
	if t.service == nil && namespace == call.Namespace {
		return target{}, noService(call, host, port, services.Items)
	}
	if namespace != call.Namespace {
		t.namespace = namespace
	}
	if t.port, err = t.number(port); err != nil {
		return target{}, err
	}
	t.pods, err = t.findPods(ctx, call)
	return t, err
}

// inCluster is the service that a name means, with its namespace; "" for an address, and for a name that is not the cluster's.
func inCluster(host, here string) (name, namespace string) {
	if _, err := netip.ParseAddr(host); err == nil {
		return "", ""
	}
	short, isFull := strings.CutSuffix(strings.TrimSuffix(host, ".cluster.local"), ".svc")
	parts := strings.Split(short, ".")
	switch {
	case len(parts) == 1:
		return host, here
	case len(parts) == 2 && (isFull || parts[1] == here):
		return parts[0], parts[1]
	case isFull && len(parts) == 3: // a pod of a headless service
		return parts[1], parts[2]
	}
	return "", ""
}

func noService(call *k8sops.Call, host, port string, services []corev1.Service) error {
	var all []string
	for _, s := range services {
		all = append(all, s.Name)
	}
	var meant []string
	for _, name := range nearest.Names(host, all) {
		meant = append(meant, net.JoinHostPort(name, port))
	}
	return &k8sops.Error{
		Code: k8sops.CodeNotFound, Message: messages.New("k8sops.net_test.no_service", "name", messages.Code(host), "namespace", messages.Code(call.Namespace)),
		Hint: messages.New("k8sops.net_test.target_hint"), Suggest: kube.WithArg(call, "target", meant),
	}
}

// number is the port's, which may be the name of a port of the service.
func (t target) number(port string) (int, error) {
	if n, err := strconv.Atoi(port); err == nil && n >= 1 && n <= 65535 {
		return n, nil
	}
	if t.service != nil {
		for _, p := range t.service.Spec.Ports {
			if p.Name == port {
				return int(p.Port), nil
			}
		}
	}
	return 0, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.net_test.bad_port", "port", messages.Code(port)), Hint: messages.New("k8sops.net_test.target_hint")}
}

// findPods are the running pods that the connection may go to.
func (t target) findPods(ctx context.Context, call *k8sops.Call) ([]corev1.Pod, error) {
	options := metav1.ListOptions{FieldSelector: "status.podIP=" + t.host}
	switch _, err := netip.ParseAddr(t.host); {
	case t.service != nil && len(t.service.Spec.Selector) == 0:
		return nil, nil
	case t.service != nil:
		options = metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(metav1.SetAsLabelSelector(t.service.Spec.Selector))}
	case err != nil:
		return nil, nil
	}
	list, err := call.Client.Kubernetes.CoreV1().Pods(call.Namespace).List(ctx, options)
	if err != nil {
		return nil, k8sops.Explain("list pods of "+t.host, err)
	}
	return slices.DeleteFunc(list.Items, func(pod corev1.Pod) bool {
		return pod.Status.Phase != corev1.PodRunning || pod.DeletionTimestamp != nil || t.service == nil && pod.Status.PodIP != t.host
	}), nil
}

// portOf is the port that the connection has at a pod behind the service; ok is false where the service has no such port.
func (t target) portOf(pod *corev1.Pod) (number int32, ok bool) {
	if t.service == nil || t.service.Spec.ClusterIP == corev1.ClusterIPNone {
		return int32(t.port), true
	}
	for _, p := range t.service.Spec.Ports {
		if int(p.Port) != t.port || p.Protocol != "" && p.Protocol != corev1.ProtocolTCP {
			continue
		}
		if p.TargetPort.StrVal == "" {
			if p.TargetPort.IntVal == 0 {
				return p.Port, true
			}
			return p.TargetPort.IntVal, true
		}
		for _, c := range portsOf(pod) {
			if c.Name == p.TargetPort.StrVal {
				return c.ContainerPort, true
			}
		}
	}
	return 0, false
}

// portsOf are those that the pod's containers name.
func portsOf(pod *corev1.Pod) []corev1.ContainerPort {
	var ports []corev1.ContainerPort
	for _, c := range pod.Spec.Containers {
		ports = append(ports, c.Ports...)
	}
	return ports
}
