package optest

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// AllSides are services at every stage of a blue/green change: cart has one version, mail a second one without traffic, and stock one
// with traffic. Their endpoints are what they will be after the next change, because nothing in a fake cluster makes them.
func AllSides() []runtime.Object {
	objects := append(side("cart-service", "v1"), service("cart-service", nil, ""))
	for _, s := range []struct{ name, live, next string }{{"mail-service", "v1", "v2"}, {"stock-service", "v2", "v1"}} {
		green := Deployment(s.name+"-v2", 2, func(d *appsv1.Deployment) {
			d.Annotations["opsbot.io/bluegreen-of"] = s.name
			d.Spec.Template.Spec.Containers[0] = corev1.Container{Name: s.name, Image: s.name + ":1.1"}
			d.Spec.Template.Labels = map[string]string{"app": s.name, "version": "v2"}
		})
		track := `{"blue":"` + s.name + `","green":"` + s.name + `-v2","blueVersion":"v1","greenVersion":"v2","selector":{"app":"` + s.name + `"},"call":"before"}`
		objects = append(append(objects, side(s.name, s.next)...), green, service(s.name, map[string]string{"opsbot.io/bluegreen": track}, s.live))
	}
	return objects
}

// side is a Deployment whose pods are of version v1, and a pod of a version that takes traffic.
func side(name, traffic string) []runtime.Object {
	pod := ReadyPod(name)
	pod.Labels["version"] = traffic
	ready := true
	return []runtime.Object{
		Deployment(name, 2, func(d *appsv1.Deployment) { d.Spec.Template.Labels = map[string]string{"app": name, "version": "v1"} }), pod,
		&discoveryv1.EndpointSlice{
			ObjectMeta: metav1.ObjectMeta{Name: name + "-1", Namespace: TestNamespace, Labels: map[string]string{discoveryv1.LabelServiceName: name}},
			Endpoints: []discoveryv1.Endpoint{{
				Addresses: []string{"10.0.0.1"}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}, TargetRef: &corev1.ObjectReference{Kind: "Pod", Name: pod.Name},
			}},
		},
	}
}

// service is a Service whose selector fits a version alone, or all pods where version is "".
func service(name string, annotations map[string]string, version string) *corev1.Service {
	s := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: TestNamespace, UID: "uid-service", ResourceVersion: "3", Annotations: annotations},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": name}},
	}
	if version != "" {
		s.Spec.Selector["version"] = version
	}
	return s
}
