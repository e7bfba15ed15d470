package certs

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// restore is /certs restore: the certificate and the key that the last renewal replaced, back in their place. It is the undo of a renewal, and its
// own.
type restore struct{ kube.Platform }

type restoreArgs struct{ Name, Certificate string }

type restoreRun = k8sops.Run[restoreArgs, renewState]

func (o restore) spec() k8sops.ChangeSpec[restoreArgs, renewState] {
	return k8sops.ChangeSpec[restoreArgs, renewState]{
		Meta: k8sops.Meta{
			Name:     "certs restore",
			Summary:  messages.New("k8sops.certs.restore.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"certs restore shop-tls"},
			Access:   changeAccess(o.Platform),
			Owners:   owners(),
		},
		Args: func(a *restoreArgs) []k8sops.Arg {
			return []k8sops.Arg{
				nameArg(o.Platform, &a.Name),
				{Name: "certificate", Into: &a.Certificate, Summary: messages.New("k8sops.certs.restore.arg.certificate"), Positional: true, Offer: offerPrevious, OfferNeeds: "name", OfferMore: true},
			}
		},
		Plan:  o.plan,
		Steps: []k8sops.Step[restoreArgs, renewState]{{Name: "secret", Resume: k8sops.Again, Do: o.replace}},
		Verify: func(ctx context.Context, r *restoreRun) (*k8sops.Verification, error) {
			return verify(ctx, o.Platform, r.Call, r.State, r.Progress)
		},
		Undo: func(r *restoreRun) *k8sops.Invocation { return undo(o.Platform, r.State) },
	}
}

// offerPrevious is the certificate that could come back.
func offerPrevious(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	s, err := call.Client.Kubernetes.CoreV1().Secrets(call.Namespace).Get(ctx, call.Args["name"], metav1.GetOptions{})
	if err != nil {
		return nil, k8sops.Explain("get secret", err)
	}
	chain, err := certificate.Parse(s.Data[previousCert])
	if err != nil {
		return nil, nil // nothing is kept
	}
	return k8sops.Choices(chain.Mark()), nil
}

func (o restore) plan(ctx context.Context, call *k8sops.Call, args restoreArgs) (*k8sops.Plan, renewState, error) {
	state := renewState{Secret: args.Name}
	s, err := tlsSecret(ctx, o.Platform, call, args.Name)
	if err != nil {
		return nil, state, err
	}
	m, err := previous(s)
	if err != nil {
		return nil, state, err
	}
	if args.Certificate != "" && args.Certificate != m.chain.Mark() {
		return nil, state, &k8sops.Error{Code: k8sops.CodeConflict,
			Message: messages.New("k8sops.certs.restore.another", "secret", messages.Code(s.Name), "wanted", messages.Code(args.Certificate), "kept", messages.Code(m.chain.Mark()))}
	}
	plan, state, err := replacing(ctx, call, s, m)
	if err != nil {
		return nil, state, err
	}
	plan.Summary = messages.New("k8sops.certs.restore.plan", "secret", messages.Code(s.Name), "ends", messages.Date(m.chain.Ends()))
	if certificate.UrgencyOf(m.chain.Ends(), call.Now) == certificate.Expired {
		kube.Expired(plan, m.chain.Ends())
	}
	return plan, state, nil
}

// previous is what the last renewal replaced.
func previous(s *corev1.Secret) (material, error) {
	chain, err := certificate.Parse(s.Data[previousCert])
	if err != nil {
		return material{}, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.certs.restore.nothing", "secret", messages.Code(s.Name))}
	}
	key, err := readKey(string(s.Data[previousKey]))
	if err != nil {
		return material{}, err
	}
	return material{chain, key.text}, key.fits(chain.Leaf())
}

func (o restore) replace(ctx context.Context, r *restoreRun) error {
	r.Progress.Report(0, 1, messages.New("k8sops.certs.renew.putting", "secret", messages.Code(r.State.Secret)))
	return put(ctx, r.Call, r.Plan, r.State, previous)
}
