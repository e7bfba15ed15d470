package netpolicy

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// isPort says whether a rule's port is that of the connection.
func isPort(p networkingv1.NetworkPolicyPort, destination End, port Port) Answer {
	protocol := corev1.ProtocolTCP
	if p.Protocol != nil {
		protocol = *p.Protocol
	}
	fits := false
	switch {
	case protocol != port.Protocol:
	case p.Port == nil:
		fits = true
	case p.Port.Type == intstr.String:
		return destination.hasPort(p.Port.StrVal, port)
	case p.EndPort != nil:
		fits = p.Port.IntVal <= port.Number && port.Number <= *p.EndPort
	default:
		fits = p.Port.IntVal == port.Number
	}
	if fits {
		return Allowed
	}
	return Denied
}

// hasPort: a name stands for the port of that name of the pod to which the connection goes.
func (e End) hasPort(name string, port Port) Answer {
	if e.Unseen {
		return Unknown
	}
	for _, c := range e.Ports {
		sameProtocol := c.Protocol == port.Protocol || c.Protocol == "" && port.Protocol == corev1.ProtocolTCP
		if c.Name == name && c.ContainerPort == port.Number && sameProtocol {
			return Allowed
		}
	}
	return Denied
}
