package certs

import (
	"context"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// held is a certificate that a Secret holds. Its key is never kept here.
type held struct {
	secret string
	chain  certificate.Chain
	// problem is why there is no chain, and how bad that is.
	problem messages.Text
	tone    messages.Tone
	// places are where it is served, and answers what was seen there.
	places  []place
	answers []certificate.Answer
	// unasked counts the places that were too many.
	unasked int
}

// holders are the Secrets whose certificates are looked at.
type holders struct {
	held      []*held
	ingresses []networkingv1.Ingress
	// missing is what could not be looked at.
	missing []messages.Text
}

// gather reads the Secrets that the configuration and the Ingresses name, sorted by name. Secrets are never listed.
func gather(ctx context.Context, p kube.Platform, call *k8sops.Call) (*holders, error) {
	h := &holders{}
	if err := h.findIngresses(ctx, call); err != nil {
		return nil, err
	}
	names := slices.Concat(p.Certificates, secretsOf(h.ingresses))
	slices.Sort(names)
	var err error
	h.held, err = readAll(ctx, call, slices.Compact(names))
	return h, err
}

func (h *holders) findIngresses(ctx context.Context, call *k8sops.Call) error {
	list, err := call.Client.Kubernetes.NetworkingV1().Ingresses(call.Namespace).List(ctx, metav1.ListOptions{})
	switch {
	case err == nil:
		h.ingresses = list.Items
	case apierrors.IsForbidden(err):
		h.missing = append(h.missing, messages.New("k8sops.certs.no_ingresses"))
	default:
		return k8sops.Explain("list ingresses", err)
	}
	return nil
}

// secretsOf are the Secrets that Ingresses name. Without a name the controller serves a certificate of its own.
func secretsOf(ingresses []networkingv1.Ingress) []string {
	var names []string
	for _, ingress := range ingresses {
		for _, tls := range ingress.Spec.TLS {
			if tls.SecretName != "" {
				names = append(names, tls.SecretName)
			}
		}
	}
	return names
}

// readsAtOnce is how many Secrets are read at the same time.
const readsAtOnce = 8

func readAll(ctx context.Context, call *k8sops.Call, names []string) ([]*held, error) {
	var mu sync.Mutex
	var all []*held
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for _, name := range names {
		group.Go(func() error {
			h, err := read(ctx, call, name)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, h)
			return err
		})
	}
	err := group.Wait()
	slices.SortFunc(all, func(a, b *held) int { return strings.Compare(a.secret, b.secret) })
	return all, err
}

// read reads one Secret's certificate. What keeps it from being read is part of the answer.
func read(ctx context.Context, call *k8sops.Call, name string) (*held, error) {
	h := &held{secret: name}
	s, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		h.tone, h.problem = messages.ToneBad, messages.New("k8sops.certs.gone", "secret", messages.Code(name))
		return h, nil
	case apierrors.IsForbidden(err):
		h.tone, h.problem = messages.ToneInfo, messages.New("k8sops.certs.not_allowed", "secret", messages.Code(name))
		return h, nil
	case err != nil:
		return h, k8sops.Explain("get secret "+name, err)
	}
	if h.chain, err = certificate.Parse(s.Data[corev1.TLSCertKey]); err != nil {
		h.tone, h.problem = messages.ToneBad, messages.New("k8sops.certs.unreadable", "secret", messages.Code(name), "reason", err)
	}
	return h, nil
}
