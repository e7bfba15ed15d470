package network

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/netpolicy"
	"opsbot/messages"
)

// netTest is /net test (handbook: 测试网络连通性): what the policies say of a connection, and what happens, side by side.
type netTest struct{ kube.Platform }

type netTestArgs struct {
	Service k8sops.Workload
	Target  string
}

func (o netTest) spec() k8sops.ReadSpec[netTestArgs] {
	return k8sops.ReadSpec[netTestArgs]{
		Meta: k8sops.Meta{
			Name:     "net test",
			Summary:  messages.New("k8sops.net_test.summary"),
			Examples: []string{"net test user postgres:5432", "net test order payment-service:http", "net test user example.com:443"},
			Access: slices.Concat(kube.ListWorkloads(), probeAccess(false), []k8sops.Access{
				{Verb: "list", Resource: "pods"}, {Verb: "list", Resource: "services"},
				{Verb: "list", Group: networkingv1.GroupName, Resource: "networkpolicies"},
				{Verb: "get", Resource: "namespaces", Optional: true},
			}),
			Owners: owners(),
		},
		Args: func(a *netTestArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.net_test.arg.service"), Positional: true, Required: true},
				{Name: "target", Into: &a.Target, Summary: messages.New("k8sops.net_test.arg.target"), Positional: true, Required: true},
			}
		},
		Answer: o.answer,
	}
}

// probeAccess is what running the probe takes, and nothing else.
func probeAccess(optional bool) []k8sops.Access {
	access := kube.ExecAccess(optional)
	for i := range access {
		access[i].Probe = true
	}
	return access
}

func (o netTest) answer(ctx context.Context, call *k8sops.Call, args netTestArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	t, err := findTarget(ctx, call, args.Target)
	if err != nil {
		return nil, err
	}
	w, err := o.Workload(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	from, err := sourceOf(ctx, call, w)
	if err != nil {
		return nil, err
	}
	p, err := newPredictor(ctx, call, from.pod)
	if err != nil {
		return nil, err
	}
	found, err := probe(ctx, call, from, t.host, t.port)
	if err != nil {
		return nil, err
	}
	var resolved []string
	if found.dns != nil && found.dns.code == 0 {
		resolved = found.dns.addresses()
	}
	c := connection{name: w.Line(), from: from, to: t, found: found, said: p.predict(t, resolved)}
	if c.behind, err = workloadBehind(ctx, call, t.service); err != nil {
		return nil, err
	}
	return &k8sops.Result{Card: c.card(), Suggest: c.suggest()}, nil
}

// connection is one that was predicted and tried.
type connection struct {
	name  string
	from  source
	to    target
	found findings
	said  prediction
	// behind is the workload of the service, "" where there is none.
	behind string
}

// workloadBehind is the line of the workload whose pods the service selects.
func workloadBehind(ctx context.Context, call *k8sops.Call, s *corev1.Service) (string, error) {
	if s == nil || len(s.Spec.Selector) == 0 {
		return "", nil
	}
	workloads, err := kube.List(ctx, call, labels.Everything())
	if err != nil {
		return "", err
	}
	for _, w := range workloads {
		if labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(w.Template().Labels)) {
			return w.Line(), nil
		}
	}
	return "", nil
}

func (c connection) card() messages.Card {
	judged := c.judge()
	card := messages.Card{
		Tone:  judged.Tone,
		Title: messages.New("k8sops.net_test.title", "from", messages.Code(c.name), "to", messages.Code(c.to.text())),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.net_test.fact.dns"), Value: dnsText(c.found.dns)},
			{Label: messages.New("k8sops.net_test.fact.tcp"), Value: tcpText(c.found.tcp)},
			{Label: messages.New("k8sops.net_test.fact.out"), Value: verdictText(c.said.out)},
			{Label: messages.New("k8sops.net_test.fact.in"), Value: c.inText()},
		},
		Sections: []messages.Section{{Finding: &judged}},
		Footer:   []messages.Text{messages.New("k8sops.net_test.from", "pod", messages.Code(c.from.pod.Name), "container", messages.Code(c.from.container)), messages.New("k8sops.netpol.enforced")},
	}
	if c.found.dns != nil && c.said.dns.Answer != netpolicy.Allowed {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("k8sops.net_test.fact.dns_policy"), Value: verdictText(c.said.dns)})
	}
	return card
}

// inText: what is outside the cluster has no policies.
func (c connection) inText() messages.Text {
	if c.to.service == nil && c.to.namespace == "" && len(c.to.pods) == 0 {
		return messages.New("k8sops.net_test.policy.outside")
	}
	return verdictText(c.said.in)
}

func (c connection) suggest() []string {
	lines := []string{"netpol " + c.name}
	if c.behind != "" {
		lines = append(lines, "netpol "+c.behind, "status "+c.behind)
	}
	return lines
}
