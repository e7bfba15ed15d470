package inspect

import (
	"cmp"
	"context"
	"slices"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// health is /health (handbook: 系统健康检查, scripts/health-check.sh): one verdict, and every finding with the
// operation that addresses it.
type health struct{ kube.Platform }

type healthArgs struct{ Service k8sops.Workload }

func (h health) spec() k8sops.ReadSpec[healthArgs] {
	return k8sops.ReadSpec[healthArgs]{
		Meta: k8sops.Meta{
			Name:     "health",
			Aliases:  []string{"health check"},
			Summary:  messages.New("k8sops.health.summary"),
			Examples: []string{"health", "health user"},
			Access: slices.Concat(kube.ExecAccess(true), kube.ListWorkloads(), h.certificateAccess(), []k8sops.Access{
				{Verb: "list", Resource: "pods"},
				{Verb: "list", Resource: "services"},
				{Verb: "list", Group: "discovery.k8s.io", Resource: "endpointslices"},
				{Verb: "list", Resource: "nodes", ClusterWide: true, Optional: true},
				{Verb: "list", Group: "metrics.k8s.io", Resource: "nodes", ClusterWide: true, Optional: true},
				{Verb: "list", Group: "autoscaling", Resource: "horizontalpodautoscalers", Optional: true},
				{Verb: "list", Resource: "persistentvolumeclaims", Optional: true},
				{Verb: "list", Resource: "events", Optional: true},
			}, historyAccess()),
			Owners: []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *healthArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true},
			}
		},
		Answer: h.answer,
	}
}

// finding is one observation. run is the command line of the operation that addresses it, "" where there is none.
type finding struct {
	tone messages.Tone
	text messages.Text
	run  string
}

// healthCheck is one check: it looks at the snapshot and at nothing else.
type healthCheck func(*snapshot) []finding

func healthChecks() []healthCheck {
	return []healthCheck{
		checkNodes,
		checkNodeUsage,
		checkWorkloads,
		checkPods,
		checkRestarts,
		checkEndpoints,
		checkAutoscalers,
		checkClaims,
		checkDisks,
		checkCertificates,
		checkBackups,
		checkWarnings,
	}
}

const maxFindings = 30

func (h health) answer(ctx context.Context, call *k8sops.Call, _ healthArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	service, err := h.scope(ctx, call)
	if err != nil {
		return nil, err
	}
	s, err := h.gather(ctx, call, service)
	if err != nil {
		return nil, err
	}
	var findings []finding
	for _, check := range healthChecks() {
		findings = append(findings, check(s)...)
	}
	findings = append(findings, s.missing...)
	for i := range findings {
		findings[i].run = remedy(ctx, call, s.workloads, findings[i].run)
	}
	slices.SortStableFunc(findings, func(a, b finding) int { return cmp.Compare(severity(a.tone), severity(b.tone)) })
	return &k8sops.Result{Card: healthCard(call, s, findings)}, nil
}

// scope is the workload that was asked about, nil for all.
func (h health) scope(ctx context.Context, call *k8sops.Call) (*kube.Workload, error) {
	if call.Args["service"] == "" {
		return nil, nil
	}
	w, err := h.Workload(ctx, call, "service")
	return &w, err
}

// severity orders findings: the worst first.
func severity(t messages.Tone) int {
	order := []messages.Tone{messages.ToneBad, messages.ToneWarning, messages.ToneInfo, messages.ToneGood}
	return slices.Index(order, t)
}

func healthCard(call *k8sops.Call, s *snapshot, findings []finding) messages.Card {
	count := map[messages.Tone]int{}
	for _, f := range findings {
		count[f.tone]++
	}
	card := messages.Card{Facts: healthFacts(s)}
	what := call.Namespace
	if s.service != nil {
		what += "/" + s.service.Name
	}
	where := []any{"what", messages.Code(what), "cluster", messages.Code(call.Cluster),
		"bad", count[messages.ToneBad], "warnings", count[messages.ToneWarning]}
	switch {
	case count[messages.ToneBad] > 0:
		card.Tone, card.Title = messages.ToneBad, messages.New("k8sops.health.red", where...)
	case count[messages.ToneWarning] > 0:
		card.Tone, card.Title = messages.ToneWarning, messages.New("k8sops.health.amber", where...)
	default:
		card.Tone, card.Title = messages.ToneGood, messages.New("k8sops.health.green", where...)
	}
	for _, f := range findings[:min(maxFindings, len(findings))] {
		card.Sections = append(card.Sections, messages.Section{Finding: f.shown()})
	}
	if more := len(findings) - maxFindings; more > 0 {
		card.Footer = append(card.Footer, messages.New("k8sops.health.more", "count", more))
	}
	return card
}

func (f finding) shown() *messages.Finding {
	shown := &messages.Finding{Tone: f.tone, Text: f.text}
	if f.run != "" {
		shown.Action = &messages.Action{Name: "run", Label: messages.Literal("/" + f.run), Value: f.run}
	}
	return shown
}

func healthFacts(s *snapshot) []messages.Fact {
	nodesReady := 0
	for _, n := range s.nodes {
		if n.ready {
			nodesReady++
		}
	}
	facts := []messages.Fact{
		{Label: messages.New("k8sops.health.fact.pods"), Value: messages.New("k8sops.of", "part", s.podsReady, "total", s.podsTotal)},
		{Label: messages.New("k8sops.health.fact.workloads"), Value: messages.New("k8sops.number", "n", len(s.workloads))},
	}
	if len(s.nodes) > 0 {
		facts = append(facts, messages.Fact{Label: messages.New("k8sops.health.fact.nodes"), Value: messages.New("k8sops.of", "part", nodesReady, "total", len(s.nodes))})
	}
	return facts
}
