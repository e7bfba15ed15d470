package certs

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

func (o renew) replace(ctx context.Context, r *renewRun) error {
	r.Progress.Report(0, 1, messages.New("k8sops.certs.renew.putting", "secret", messages.Code(r.State.Secret)))
	return put(ctx, r.Call, r.Plan, r.State, func(*corev1.Secret) (material, error) { return typed(r.Args, r.Call.Now) })
}

// servedWithin is how long an Ingress controller or a pod may take to serve a new certificate: the kubelet writes a changed Secret into a pod's
// volume within about a minute and a half.
const servedWithin = 2 * time.Minute

// verify reads the Secret again, and asks wherever the certificate is served until all show it, or the time is up.
func verify(ctx context.Context, p kube.Platform, call *k8sops.Call, state *renewState, progress k8sops.Progress) (*k8sops.Verification, error) {
	one, err := read(ctx, call, state.Secret)
	if err != nil {
		return nil, err
	}
	secret := messages.Code(state.Secret)
	if len(one.chain) == 0 || one.chain.Mark() != state.To {
		return &k8sops.Verification{Summary: messages.New("k8sops.certs.renew.changed_since", "secret", secret)}, nil
	}
	h := &holders{held: []*held{one}}
	if err := h.findIngresses(ctx, call); err != nil {
		return nil, err
	}
	if err := h.locate(ctx, call); err != nil {
		return nil, err
	}
	until := p.Now().Add(min(servedWithin, p.RolloutTimeout))
	for h.ask(ctx, dial(p)); len(one.stale()) > 0 && p.Now().Before(until); h.ask(ctx, dial(p)) {
		progress.Report(len(one.places)-len(one.stale()), len(one.places), messages.New("k8sops.certs.renew.waiting", "secret", secret))
		if err := rollout.Sleep(ctx, 2*p.Poll); err != nil {
			return nil, err
		}
	}
	return one.proof(h.missing), nil
}

// proof states what is served now, and what was not seen.
func (h *held) proof(missing []messages.Text) *k8sops.Verification {
	secret, t := messages.Code(h.secret), h.tally()
	unseen := t.unreachable + t.refused + h.unasked
	switch {
	case t.other > 0:
		lines := make([]string, 0, nearest.Max)
		for _, workload := range h.toRestart() {
			lines = append(lines, "rollout restart "+workload)
		}
		return &k8sops.Verification{
			Summary: messages.New("k8sops.certs.renew.still_old", "secret", secret, "other", t.other, "places", len(h.places), "where", h.staleNames()),
			Suggest: append(lines[:min(len(lines), nearest.Max)], "certs"),
		}
	case t.same > 0 && unseen > 0:
		return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.certs.renew.partly_seen", "secret", secret, "same", t.same, "unseen", unseen)}
	case t.same > 0:
		return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.certs.renew.proven", "secret", secret, "same", t.same)}
	case unseen > 0:
		return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.certs.renew.not_seen", "secret", secret, "unseen", unseen)}
	case len(missing) > 0:
		return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.certs.renew.not_looked", "secret", secret)}
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.certs.renew.nowhere", "secret", secret)}
}
