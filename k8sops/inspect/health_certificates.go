package inspect

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
)

// certificateAccess is for the named TLS secrets or, where none are named, for all secrets: a right to list them by type does not exist.
func (h health) certificateAccess() []k8sops.Access {
	if len(h.Certificates) == 0 {
		return []k8sops.Access{{Verb: "list", Resource: "secrets", Optional: true}}
	}
	var access []k8sops.Access
	for _, name := range h.Certificates {
		access = append(access, k8sops.Access{Verb: "get", Resource: "secrets", Name: name, Optional: true})
	}
	return access
}

func (h health) gatherCertificates(ctx context.Context, call *k8sops.Call, s *snapshot) error {
	if s.service != nil {
		return nil
	}
	secrets := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace)
	for _, name := range h.Certificates {
		secret, err := secrets.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		s.certificates = append(s.certificates, certificateOf(secret))
	}
	if len(h.Certificates) > 0 {
		return nil
	}
	list, err := secrets.List(ctx, metav1.ListOptions{FieldSelector: "type=" + string(corev1.SecretTypeTLS)})
	if err != nil {
		return err
	}
	for i := range list.Items {
		if secret := &list.Items[i]; secret.Type == corev1.SecretTypeTLS {
			s.certificates = append(s.certificates, certificateOf(secret))
		}
	}
	return nil
}
