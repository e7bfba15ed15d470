package certs

import (
	"context"
	"crypto/x509"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// renew is /certs renew (handbook: 证书更新): a new certificate and its key into a TLS secret. Both are typed into a form and go to the cluster
// alone. The earlier ones stay in the same Secret, under keys of their own, for /certs restore.
type renew struct{ kube.Platform }

type renewArgs struct {
	Name                             string
	Certificate, Key, Chain, KeyRest k8sops.Secret
}

// renewState has what is public only.
type renewState struct {
	Secret string `json:"secret"`
	// From and To are the marks of the certificates, From "" where the Secret holds none that can be read.
	From string `json:"from,omitempty"`
	To   string `json:"to"`
}

type renewRun = k8sops.Run[renewArgs, renewState]

func (o renew) spec() k8sops.ChangeSpec[renewArgs, renewState] {
	return k8sops.ChangeSpec[renewArgs, renewState]{
		Meta: k8sops.Meta{
			Name:     "certs renew",
			Aliases:  []string{"renew certs"},
			Summary:  messages.New("k8sops.certs.renew.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"certs renew shop-tls"},
			Access:   changeAccess(o.Platform),
			Owners:   owners(),
		},
		Args: func(a *renewArgs) []k8sops.Arg {
			return []k8sops.Arg{
				nameArg(o.Platform, &a.Name),
				{Name: "certificate", Into: &a.Certificate, Summary: messages.New("k8sops.certs.renew.arg.certificate"), Required: true, Multiline: true},
				{Name: "key", Into: &a.Key, Summary: messages.New("k8sops.certs.renew.arg.key"), Required: true, Multiline: true},
				{Name: "chain", Into: &a.Chain, Summary: messages.New("k8sops.certs.renew.arg.chain"), Multiline: true},
				{Name: "key-rest", Into: &a.KeyRest, Summary: messages.New("k8sops.certs.renew.arg.key_rest"), Multiline: true},
			}
		},
		Plan: o.plan,
		// One patch of one object: it was made or it was not, and the Secret says which.
		Steps: []k8sops.Step[renewArgs, renewState]{{Name: "secret", Resume: k8sops.Again, Do: o.replace}},
		Verify: func(ctx context.Context, r *renewRun) (*k8sops.Verification, error) {
			return verify(ctx, o.Platform, r.Call, r.State, r.Progress)
		},
		Undo: func(r *renewRun) *k8sops.Invocation { return undo(o.Platform, r.State) },
	}
}

// undo brings back what was replaced, where that was a certificate.
func undo(p kube.Platform, state *renewState) *k8sops.Invocation {
	if state.From == "" || state.From == state.To {
		return nil
	}
	return restore{p}.spec().Invoke(restoreArgs{Name: state.Secret, Certificate: state.From})
}

// changeAccess is for replacing a certificate and looking at what is served then.
func changeAccess(p kube.Platform) []k8sops.Access {
	return slices.Concat(placesAccess(p), secretAccess(p, "get", "patch"))
}

// nameArg is the Secret. What a form lists needs no right to any Secret.
func nameArg(p kube.Platform, into *string) k8sops.Arg {
	return k8sops.Arg{
		Name: "name", Into: into, Summary: messages.New("k8sops.certs.arg.name"), Positional: true, Required: true, OfferMore: len(p.Certificates) == 0,
		Offer: func(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
			names := slices.Clone(p.Certificates)
			list, err := call.Client.Kubernetes.NetworkingV1().Ingresses(call.Namespace).List(ctx, metav1.ListOptions{})
			if err == nil {
				names = append(names, secretsOf(list.Items)...)
			} else if !apierrors.IsForbidden(err) {
				return nil, k8sops.Explain("list ingresses", err)
			}
			slices.Sort(names)
			return k8sops.Choices(slices.Compact(names)...), nil
		},
	}
}

func (o renew) plan(ctx context.Context, call *k8sops.Call, args renewArgs) (*k8sops.Plan, renewState, error) {
	state := renewState{Secret: args.Name}
	s, err := tlsSecret(ctx, o.Platform, call, args.Name)
	if err != nil {
		return nil, state, err
	}
	m, err := typed(args, call.Now)
	if err != nil {
		return nil, state, err
	}
	if holds(s, m.chain.Mark()) {
		return nil, state, k8sops.Invalid(messages.New("k8sops.certs.renew.same", "secret", messages.Code(args.Name)))
	}
	return replacing(ctx, call, s, m)
}

// replacing plans that a chain takes the place of what the Secret holds.
func replacing(ctx context.Context, call *k8sops.Call, s *corev1.Secret, m material) (*k8sops.Plan, renewState, error) {
	leaf := m.chain.Leaf()
	state := renewState{Secret: s.Name, To: m.chain.Mark()}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive, Summary: messages.New("k8sops.certs.renew.plan", "secret", messages.Code(s.Name), "ends", messages.Date(m.chain.Ends()))}
	target, err := kube.TargetOf(s)
	if err != nil {
		return nil, state, err
	}
	plan.Targets = []k8sops.Target{target}
	old, err := certificate.Parse(s.Data[corev1.TLSCertKey])
	if err != nil {
		plan.Warning = append(plan.Warning, messages.New("k8sops.certs.renew.old_unreadable", "secret", messages.Code(s.Name), "reason", err))
	} else {
		state.From = old.Mark()
	}
	plan.Changes = changes(s.Name, old, m.chain)
	plan.Warning = append(plan.Warning, remarks(s, old, m.chain)...)
	lost, err := lost(ctx, call, s.Name, old, leaf)
	if len(lost) > 0 {
		kube.LosesNames(plan, lost)
	}
	if err != nil {
		return nil, state, err
	}
	return plan, state, dryRun(ctx, call, s, m)
}

// changes are what people know a certificate by. Nothing of the key is among them but that it changes.
func changes(secret string, old, next certificate.Chain) []k8sops.FieldChange {
	object := "secret/" + secret
	from := make([]string, 5)
	if old != nil {
		from = facts(old)
	}
	to := facts(next)
	var list []k8sops.FieldChange
	for i, field := range []string{"subject", "names", "issuer", "expires", "certificate"} {
		list = append(list, k8sops.FieldChange{Object: object, Field: field, From: from[i], To: to[i]})
	}
	return append(list, k8sops.FieldChange{Object: object, Field: corev1.TLSPrivateKeyKey, From: "•••", To: "••••••"})
}

func facts(chain certificate.Chain) []string {
	leaf := chain.Leaf()
	return []string{
		certificate.Subject(leaf), strings.Join(certificate.Names(leaf), ", "), certificate.Issuer(leaf),
		chain.Ends().UTC().Format("2006-01-02 15:04 UTC"), chain.Mark(),
	}
}

// remarks are what may be a slip.
func remarks(s *corev1.Secret, old, next certificate.Chain) []messages.Text {
	var said []messages.Text
	leaf := next.Leaf()
	if old != nil && next.Ends().Before(old.Ends()) {
		said = append(said, messages.New("k8sops.certs.renew.ends_earlier", "ends", messages.Date(next.Ends()), "old", messages.Date(old.Ends())))
	}
	if old != nil && certificate.Issuer(old.Leaf()) != certificate.Issuer(leaf) {
		said = append(said, messages.New("k8sops.certs.renew.other_issuer", "old", certificate.Issuer(old.Leaf()), "issuer", certificate.Issuer(leaf)))
	}
	switch {
	case certificate.SelfSigned(leaf):
		said = append(said, messages.New("k8sops.certs.renew.self_signed"))
	case len(next) == 1:
		said = append(said, messages.New("k8sops.certs.renew.alone", "issuer", certificate.Issuer(leaf)))
	}
	if by := s.Labels["app.kubernetes.io/managed-by"]; by != "" {
		said = append(said, messages.New("k8sops.certs.renew.managed", "secret", messages.Code(s.Name), "by", by))
	}
	return said
}

// lost are the names that clients know and the new certificate is not for: those of the old one, and the hosts of Ingresses.
func lost(ctx context.Context, call *k8sops.Call, secret string, old certificate.Chain, leaf *x509.Certificate) ([]string, error) {
	var names []string
	if old != nil {
		names = certificate.Names(old.Leaf())
	}
	list, err := call.Client.Kubernetes.NetworkingV1().Ingresses(call.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil && !apierrors.IsForbidden(err) {
		return nil, k8sops.Explain("list ingresses", err)
	}
	if err == nil && old == nil {
		for _, ingress := range list.Items {
			for _, tls := range ingress.Spec.TLS {
				if tls.SecretName == secret {
					names = append(names, tls.Hosts...)
				}
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return certificate.Covers(leaf, name) })
	slices.Sort(names)
	return slices.Compact(names), nil
}
