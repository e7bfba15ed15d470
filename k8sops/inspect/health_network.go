package inspect

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// checkEndpoints finds services that send their traffic nowhere (handbook: 检查服务端点).
func checkEndpoints(s *snapshot) []finding {
	var findings []finding
	for _, service := range s.services {
		// Without a selector somebody else looks after the endpoints; an external name has none.
		if len(service.Spec.Selector) == 0 || service.Spec.Type == corev1.ServiceTypeExternalName || s.addresses[service.Name].ready > 0 {
			continue
		}
		findings = append(findings, finding{messages.ToneBad, messages.New("k8sops.health.no_endpoints",
			"service", messages.Code(service.Name), "total", s.addresses[service.Name].total), s.remedyFor(service.Name)})
	}
	return findings
}

// remedyFor looks at the workload of the same name, where there is one.
func (s *snapshot) remedyFor(service string) string {
	for _, w := range s.workloads {
		switch {
		case w.Name != service:
		case w.Replicas() == 0 && w.Kind != kube.DaemonSet:
			return "scale " + w.Line() + " 1"
		default:
			return "logs " + w.Line() + " --errors"
		}
	}
	return "events --warnings"
}

// held is the certificate of a TLS secret. problem is why it cannot be read.
type held struct {
	secret   string
	notAfter time.Time
	problem  string
}

// certificateOf reads the certificate that ends first of a TLS secret's chain. The private key is not looked at.
func certificateOf(secret *corev1.Secret) held {
	chain, err := certificate.Parse(secret.Data[corev1.TLSCertKey])
	if err != nil {
		return held{secret: secret.Name, problem: err.Error()}
	}
	return held{secret: secret.Name, notAfter: chain.Ends()}
}

// whatIsServed is the line that looks closer at certificates.
const whatIsServed = "certs"

// checkCertificates warns 30 days before a certificate expires, and is alarmed at 7.
func checkCertificates(s *snapshot) []finding {
	certificates := slices.SortedFunc(slices.Values(s.certificates), func(a, b held) int { return a.notAfter.Compare(b.notAfter) })
	var findings []finding
	for _, c := range certificates {
		name, left := messages.Code(c.secret), c.notAfter.Sub(s.now)
		if c.problem != "" {
			findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.certificate_unreadable", "secret", name, "reason", c.problem), whatIsServed})
			continue
		}
		switch certificate.UrgencyOf(c.notAfter, s.now) {
		case certificate.Expired:
			findings = append(findings, finding{messages.ToneBad, messages.New("k8sops.health.certificate_expired", "secret", name, "age", -left), whatIsServed})
		case certificate.InAWeek:
			findings = append(findings, finding{messages.ToneBad, messages.New("k8sops.health.certificate_expires", "secret", name, "left", left), whatIsServed})
		case certificate.InTwoWeeks, certificate.InAMonth:
			findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.certificate_expires", "secret", name, "left", left), whatIsServed})
		}
	}
	return findings
}
