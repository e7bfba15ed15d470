package certs

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/stream"
	"opsbot/messages"
)

// place is where a certificate is served.
type place struct {
	what    string // "ingress/shop", "service/gateway", "pod/gateway-6c8b4-x2x4q"
	address string // host:port
	host    string // that is asked for, "" for none
	// workload is what a pod belongs to, as rollout restart takes it; "" for what is no pod.
	workload string
}

// mostPlaces is how many places of one certificate are asked.
const mostPlaces = 24

// placesAccess is what finding them takes. Where the configuration names no Secrets, only Ingresses do.
func placesAccess(p kube.Platform) []k8sops.Access {
	return []k8sops.Access{
		{Verb: "list", Group: "networking.k8s.io", Resource: "ingresses", Optional: len(p.Certificates) > 0},
		{Verb: "list", Resource: "services", Optional: true},
		{Verb: "list", Resource: "pods", Optional: true},
	}
}

// locate finds where the certificates are served: by Ingresses that name the Secret, and by pods that mount it, each at its own address and
// behind its Services.
func (h *holders) locate(ctx context.Context, call *k8sops.Call) error {
	services, err := call.Client.Kubernetes.CoreV1().Services(call.Namespace).List(ctx, metav1.ListOptions{})
	if apierrors.IsForbidden(err) {
		h.missing = append(h.missing, messages.New("k8sops.certs.no_services"))
		services, err = &corev1.ServiceList{}, nil
	}
	if err != nil {
		return k8sops.Explain("list services", err)
	}
	mounts, err := h.mounts(ctx, call)
	if apierrors.IsForbidden(err) {
		h.missing = append(h.missing, messages.New("k8sops.certs.no_pods"))
		err = nil
	}
	for _, one := range h.held {
		if len(one.chain) == 0 {
			continue
		}
		one.places = slices.Concat(ingressPlaces(h.ingresses, one), podPlaces(mounts[one.secret], services.Items, one))
		one.unasked = max(0, len(one.places)-mostPlaces)
		one.places = one.places[:len(one.places)-one.unasked]
	}
	return k8sops.Explain("list pods", err)
}

// mounts are the pods that mount the Secrets, by Secret. The pods are looked at one at a time.
func (h *holders) mounts(ctx context.Context, call *k8sops.Call) (map[string][]*corev1.Pod, error) {
	found := map[string][]*corev1.Pod{}
	err := kube.EachPod(ctx, call, stream.Listing{}, stream.Pruning{1: stream.LightMetadata()}, func(pod *corev1.Pod) {
		if pod.Status.PodIP == "" || pod.DeletionTimestamp != nil || pod.Status.Phase != corev1.PodRunning {
			return
		}
		for _, one := range h.held {
			if mountsSecret(&pod.Spec, one.secret) {
				found[one.secret] = append(found[one.secret], pod)
			}
		}
	})
	return found, err
}

func mountsSecret(pod *corev1.PodSpec, name string) bool {
	return slices.ContainsFunc(pod.Volumes, func(v corev1.Volume) bool {
		if v.Secret != nil && v.Secret.SecretName == name {
			return true
		}
		return v.Projected != nil && slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool {
			return s.Secret != nil && s.Secret.Name == name
		})
	})
}

// ingressPlaces asks each host at the address of the Ingress or, where its status has none, where its name leads.
func ingressPlaces(ingresses []networkingv1.Ingress, one *held) []place {
	var places []place
	for _, ingress := range ingresses {
		for _, tls := range ingress.Spec.TLS {
			if tls.SecretName != one.secret {
				continue
			}
			for _, host := range hostsOf(tls, one) {
				places = append(places, ingressAddresses(ingress, certificate.HostOf(host))...)
			}
		}
	}
	return places
}

// hostsOf are the hosts of an entry or, where it is for all, those that the certificate is for.
func hostsOf(tls networkingv1.IngressTLS, one *held) []string {
	if len(tls.Hosts) > 0 {
		return tls.Hosts
	}
	return certificate.Names(one.chain.Leaf())
}

const httpsPort = 443

func ingressAddresses(ingress networkingv1.Ingress, host string) []place {
	what := "ingress/" + ingress.Name
	var places []place
	for _, at := range ingress.Status.LoadBalancer.Ingress {
		port := httpsPort
		if len(at.Ports) > 0 && !slices.ContainsFunc(at.Ports, func(p networkingv1.IngressPortStatus) bool { return p.Port == httpsPort }) {
			port = int(at.Ports[0].Port)
		}
		places = append(places, place{what: what, address: join(cmp.Or(at.IP, at.Hostname), port), host: host})
	}
	if len(places) == 0 && host != "" {
		places = append(places, place{what: what, address: join(host, httpsPort), host: host})
	}
	return places
}

func join(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// podPlaces are the Services in front of the pods that mount the Secret, and these pods.
func podPlaces(pods []*corev1.Pod, services []corev1.Service, one *held) []place {
	var fronts, places []place
	host := ""
	if names := certificate.Names(one.chain.Leaf()); len(names) > 0 {
		host = certificate.HostOf(names[0])
	}
	asked := map[string]bool{}
	for _, pod := range pods {
		ports := map[int]bool{}
		for i := range services {
			service := &services[i]
			if len(service.Spec.Selector) == 0 || !labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(pod.Labels)) {
				continue
			}
			for _, port := range tlsPorts(service.Spec.Ports) {
				if address := serviceAddress(service); address != "" && !asked[join(address, int(port.Port))] {
					asked[join(address, int(port.Port))] = true
					fronts = append(fronts, place{what: "service/" + service.Name, address: join(address, int(port.Port)), host: host})
				}
				ports[targetOf(port, pod)] = true
			}
		}
		delete(ports, 0)
		for port := range ports {
			places = append(places, place{what: "pod/" + pod.Name, address: join(pod.Status.PodIP, port), host: host, workload: lineOf(pod)})
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(strings.Compare(a.what, b.what), strings.Compare(a.address, b.address))
	})
	return append(fronts, places...)
}

// tlsPorts are the ports at which TLS is to be expected or, where none looks like it, all.
func tlsPorts(all []corev1.ServicePort) []corev1.ServicePort {
	all = slices.DeleteFunc(slices.Clone(all), func(p corev1.ServicePort) bool { return p.Protocol != "" && p.Protocol != corev1.ProtocolTCP })
	looks := slices.DeleteFunc(slices.Clone(all), func(p corev1.ServicePort) bool {
		name := strings.ToLower(p.Name)
		if p.AppProtocol != nil {
			name += " " + strings.ToLower(*p.AppProtocol)
		}
		known := slices.Contains([]int32{443, 6443, 8443, 9443}, p.Port)
		return !known && !strings.Contains(name, "https") && !strings.Contains(name, "tls") && !strings.Contains(name, "grpcs") && !strings.Contains(name, "wss")
	})
	if len(looks) > 0 {
		return looks
	}
	return all
}

func serviceAddress(service *corev1.Service) string {
	for _, at := range service.Status.LoadBalancer.Ingress {
		if address := cmp.Or(at.IP, at.Hostname); address != "" {
			return address
		}
	}
	if service.Spec.ClusterIP == corev1.ClusterIPNone {
		return ""
	}
	return service.Spec.ClusterIP
}

// targetOf is the port of a pod behind a Service's, 0 where the pod has none of that name.
func targetOf(port corev1.ServicePort, pod *corev1.Pod) int {
	switch {
	case port.TargetPort.StrVal != "":
		for _, c := range pod.Spec.Containers {
			for _, p := range c.Ports {
				if p.Name == port.TargetPort.StrVal {
					return int(p.ContainerPort)
				}
			}
		}
		return 0
	case port.TargetPort.IntVal != 0:
		return int(port.TargetPort.IntVal)
	}
	return int(port.Port)
}

// lineOf is the workload of a pod, as rollout restart takes it; "" where nothing would make the pod anew.
func lineOf(pod *corev1.Pod) string {
	switch owner := kube.OwnerOf(pod); owner.Kind {
	case "ReplicaSet":
		return kube.OwnerName(pod)
	case kube.StatefulSet, kube.DaemonSet:
		return strings.ToLower(owner.Kind) + "/" + owner.Name
	}
	return ""
}
