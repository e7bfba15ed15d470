package certs

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// The earlier certificate and its key stay in the Secret that they were in: whoever could read them can read them still, and nobody else needs
// a right to anything.
const (
	previousCert = "opsbot-previous.crt"
	previousKey  = "opsbot-previous.key"
)

// tlsSecret is the Secret to be changed, where it may be.
func tlsSecret(ctx context.Context, p kube.Platform, call *k8sops.Call, name string) (*corev1.Secret, error) {
	s, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Get(ctx, name, metav1.GetOptions{})
	secret, namespace := messages.Code(name), messages.Code(call.Namespace)
	switch {
	case apierrors.IsNotFound(err):
		e := &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.certs.unknown", "secret", secret, "namespace", namespace)}
		if len(p.Certificates) > 0 {
			e.Hint = messages.New("k8sops.certs.there_are", "names", messages.Clip(strings.Join(p.Certificates, ", "), 500))
		}
		return nil, e
	case apierrors.IsForbidden(err):
		return nil, &k8sops.Error{Code: k8sops.CodeForbidden, Message: messages.New("k8sops.certs.not_allowed", "secret", secret), Cause: err}
	case err != nil:
		return nil, k8sops.Explain("get secret "+name, err)
	}
	return s, mayChange(s)
}

// mayChange refuses what is no certificate, cannot be changed, or would be changed back.
func mayChange(s *corev1.Secret) error {
	secret := messages.Code(s.Name)
	if s.Type != corev1.SecretTypeTLS {
		return k8sops.Invalid(messages.New("k8sops.certs.no_tls", "secret", secret, "type", messages.Code(string(s.Type))))
	}
	if s.Immutable != nil && *s.Immutable {
		return k8sops.Invalid(messages.New("k8sops.secret.immutable", "secret", secret))
	}
	owner := s.Annotations["cert-manager.io/certificate-name"]
	if owner != "" {
		owner = "certificate.cert-manager.io/" + owner
	}
	if controller := metav1.GetControllerOfNoCopy(s); controller != nil {
		owner = strings.ToLower(controller.Kind) + "/" + controller.Name
	}
	if owner != "" {
		return k8sops.Invalid(messages.New("k8sops.certs.owned", "secret", secret, "owner", messages.Code(owner)))
	}
	return nil
}

// put is the step that both operations have. Where it was done, nothing is asked for, so that a restart needs no key again.
func put(ctx context.Context, call *k8sops.Call, plan *k8sops.Plan, state *renewState, next func(*corev1.Secret) (material, error)) error {
	done := func(s *corev1.Secret) bool { return holds(s, state.To) }
	return kube.OnUnchangedObject(ctx, call, plan.Targets[0], done, func(s *corev1.Secret) error {
		m, err := next(s)
		if err != nil {
			return err
		}
		data := map[string][]byte{
			corev1.TLSCertKey: m.chain.PEM(), corev1.TLSPrivateKeyKey: m.key,
			previousCert: s.Data[corev1.TLSCertKey], previousKey: s.Data[corev1.TLSPrivateKeyKey],
		}
		err = patch(ctx, call, s, data)
		return k8sops.Explain("change secret "+s.Name, k8sops.WithoutValues(err, secretsIn(m.key, s.Data[corev1.TLSPrivateKeyKey])...))
	})
}

// holds reports whether a Secret has the chain of this mark, and the key to it.
func holds(s *corev1.Secret, mark string) bool {
	chain, err := certificate.Parse(s.Data[corev1.TLSCertKey])
	if err != nil || chain.Mark() != mark {
		return false
	}
	key, err := readKey(string(s.Data[corev1.TLSPrivateKeyKey]))
	return err == nil && key.fits(chain.Leaf()) == nil
}

// dryRun tries the change without the key: what judges Secrets on their way sees it when it counts, and not before.
func dryRun(ctx context.Context, call *k8sops.Call, s *corev1.Secret, m material) error {
	err := patch(ctx, call, s, map[string][]byte{corev1.TLSCertKey: m.chain.PEM(), previousCert: s.Data[corev1.TLSCertKey]}, metav1.DryRunAll)
	return k8sops.Explain("dry run of secret "+s.Name, k8sops.WithoutValues(err, secretsIn(s.Data[corev1.TLSPrivateKeyKey])...))
}

func patch(ctx context.Context, call *k8sops.Call, s *corev1.Secret, data map[string][]byte, dryRun ...string) error {
	body, err := json.Marshal(map[string]any{"data": data, "metadata": map[string]any{"resourceVersion": kube.PinnedVersion(s, dryRun)}})
	if err != nil {
		return fmt.Errorf("change secret %s: %w", s.Name, err)
	}
	_, err = call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Patch(ctx, s.Name, types.MergePatchType, body,
		metav1.PatchOptions{DryRun: dryRun, FieldManager: call.FieldManager()})
	return err
}

// secretsIn are keys as an error might repeat them: whole, or a line of them.
func secretsIn(keys ...[]byte) []string {
	var values []string
	for _, key := range keys {
		values = append(values, string(key))
		for line := range strings.Lines(string(key)) {
			if line = strings.TrimSpace(line); len(line) > 20 && !strings.HasPrefix(line, "-----") {
				values = append(values, line)
			}
		}
	}
	return values
}
