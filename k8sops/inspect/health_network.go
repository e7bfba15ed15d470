package inspect

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

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

// certificate is one certificate of a TLS secret. problem is why it cannot be read.
type certificate struct {
	secret   string
	notAfter time.Time
	problem  string
}

// certificateOf reads the certificate that ends first of a TLS secret's chain. The private key is not looked at.
func certificateOf(secret *corev1.Secret) certificate {
	c := certificate{secret: secret.Name}
	for rest := secret.Data[corev1.TLSCertKey]; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		parsed, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			c.problem = err.Error()
			return c
		}
		if c.notAfter.IsZero() || parsed.NotAfter.Before(c.notAfter) {
			c.notAfter = parsed.NotAfter
		}
	}
	if c.notAfter.IsZero() {
		c.problem = "no certificate"
	}
	return c
}

// checkCertificates warns 30 days before a certificate expires, and is alarmed at 7.
func checkCertificates(s *snapshot) []finding {
	const day = 24 * time.Hour
	certificates := slices.SortedFunc(slices.Values(s.certificates), func(a, b certificate) int { return a.notAfter.Compare(b.notAfter) })
	var findings []finding
	for _, c := range certificates {
		name, left := messages.Code(c.secret), c.notAfter.Sub(s.now)
		switch {
		case c.problem != "":
			findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.certificate_unreadable", "secret", name, "reason", c.problem), ""})
		case left <= 0:
			findings = append(findings, finding{messages.ToneBad, messages.New("k8sops.health.certificate_expired", "secret", name, "age", -left), ""})
		case left < 7*day:
			findings = append(findings, finding{messages.ToneBad, messages.New("k8sops.health.certificate_expires", "secret", name, "left", left), ""})
		case left < 30*day:
			findings = append(findings, finding{messages.ToneWarning, messages.New("k8sops.health.certificate_expires", "secret", name, "left", left), ""})
		}
	}
	return findings
}
