package network

import (
	"context"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/netpolicy"
	"opsbot/messages"
)

// netpol is /netpol (handbook: 检查网络策略).
type netpol struct{ kube.Platform }

type netpolArgs struct{ Service k8sops.Workload }

func (o netpol) spec() k8sops.ReadSpec[netpolArgs] {
	return k8sops.ReadSpec[netpolArgs]{
		Meta: k8sops.Meta{
			Name:     "netpol",
			Summary:  messages.New("k8sops.netpol.summary"),
			Examples: []string{"netpol", "netpol postgres"},
			Access:   pictureAccess(),
			Owners:   owners(),
		},
		Args: func(a *netpolArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true}}
		},
		Answer: o.answer,
	}
}

func (o netpol) answer(ctx context.Context, call *k8sops.Call, args netpolArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	p, err := draw(ctx, call)
	if err != nil {
		return nil, err
	}
	if args.Service == "" {
		return o.overview(ctx, call, p)
	}
	w, err := o.Workload(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	return &k8sops.Result{Card: p.cardOf(w.Line(), labelsOf(w))}, nil
}

// overview shows every policy, those that are suspended first.
func (o netpol) overview(ctx context.Context, call *k8sops.Call, p *picture) (*k8sops.Result, error) {
	away, err := suspensions(ctx, o.Platform, call)
	if err != nil {
		return nil, err
	}
	result := &k8sops.Result{Card: p.card(call)}
	for _, s := range away {
		finding := messages.Finding{Tone: messages.ToneWarning, Text: s.line()}
		result.Card.Tone = messages.ToneWarning
		result.Card.Sections = append([]messages.Section{{Finding: &finding}}, result.Card.Sections...)
		result.Suggest = append(result.Suggest, resumeName+" "+strconv.FormatInt(s.schedule.Number, 10))
	}
	return result, nil
}

// labelsOf are those of the workload's pods, as far as they are known beforehand.
func labelsOf(w kube.Workload) labels.Set {
	if template := w.Template(); template != nil {
		return template.Labels
	}
	return w.GetLabels() // an owner that is known by its pods has their labels
}

// card shows every policy, and what none selects.
func (p *picture) card(call *k8sops.Call) messages.Card {
	card := messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.netpol.title", "count", len(p.policies), "namespace", messages.Code(call.Namespace))}
	var lines []messages.Text
	for i := range p.policies {
		lines = append(lines, p.line(&p.policies[i]))
	}
	if len(lines) > 0 {
		card.Sections = append(card.Sections, messages.Section{List: lines})
	}
	for _, f := range p.gaps() {
		card.Tone = messages.ToneWarning
		card.Sections = append(card.Sections, messages.Section{Finding: &f})
	}
	card.Footer = footer()
	return card
}

func footer() []messages.Text { return []messages.Text{messages.New("k8sops.netpol.enforced")} }

// line is a policy: what it selects, and what it lets in and out.
func (p *picture) line(policy *networkingv1.NetworkPolicy) messages.Text {
	return messages.New("k8sops.netpol.line", "policy", messages.Code(policy.Name), "selects", p.selectsText(policy),
		"in", comesIn(policy), "out", goesOut(policy))
}

func (p *picture) selectsText(policy *networkingv1.NetworkPolicy) messages.Text {
	names, pods := p.selected(policy), p.pods[policy.Name]
	switch {
	case len(names) == 0 && pods == 0:
		return messages.New("k8sops.netpol.selects_none", "pods", podsText(&policy.Spec.PodSelector))
	case everything(&policy.Spec.PodSelector):
		return messages.New("k8sops.netpol.selects_all", "number", pods)
	case len(names) == 0: // labels that single pods have beside those of their workload
		return messages.New("k8sops.netpol.selects_pods", "pods", podsText(&policy.Spec.PodSelector), "number", pods)
	}
	return messages.New("k8sops.netpol.selects", "workloads", nameList(names), "count", pods)
}

// gaps are the workloads that no policy limits.
func (p *picture) gaps() []messages.Finding {
	var found []messages.Finding
	if names := p.unlimited(netpolicy.In); len(names) > 0 {
		found = append(found, messages.Finding{Tone: messages.ToneWarning, Text: messages.New("k8sops.netpol.open_in", "workloads", nameList(names))})
	}
	if names := p.unlimited(netpolicy.Out); len(names) > 0 {
		found = append(found, messages.Finding{Tone: messages.ToneWarning, Text: messages.New("k8sops.netpol.open_out", "workloads", nameList(names))})
	}
	var onHost []string
	for _, g := range p.groups {
		if g.onHost {
			onHost = append(onHost, g.name)
		}
	}
	if len(onHost) > 0 {
		found = append(found, messages.Finding{Tone: messages.ToneWarning, Text: messages.New("k8sops.netpol.on_host", "workloads", nameList(onHost))})
	}
	return found
}

// shownNames is how many names are spelt out.
const shownNames = 20

func nameList(names []string) messages.Text {
	if len(names) <= shownNames {
		return messages.New("k8sops.netpol.names", "names", messages.Code(strings.Join(names, ", ")))
	}
	return messages.New("k8sops.netpol.names_more", "names", messages.Code(strings.Join(names[:shownNames], ", ")), "more", len(names)-shownNames)
}

// cardOf shows the policies of one workload.
func (p *picture) cardOf(name string, pod labels.Set) messages.Card {
	in, out := netpolicy.Selecting(p.policies, pod, netpolicy.In), netpolicy.Selecting(p.policies, pod, netpolicy.Out)
	card := messages.Card{
		Tone:  messages.ToneInfo,
		Title: messages.New("k8sops.netpol.service", "workload", messages.Code(name), "in", len(in), "out", len(out)),
	}
	lines := append(sideLines(in, comesIn, messages.New("k8sops.netpol.everything_in")), sideLines(out, goesOut, messages.New("k8sops.netpol.everything_out"))...)
	card.Sections = []messages.Section{{List: lines}}
	if len(in) == 0 || len(out) == 0 {
		card.Tone = messages.ToneWarning
	}
	card.Footer = append([]messages.Text{messages.New("k8sops.netpol.add_up")}, footer()...)
	return card
}

// sideLines is what the policies of one side say, and free where there is none.
func sideLines(policies []*networkingv1.NetworkPolicy, say func(*networkingv1.NetworkPolicy) messages.Text, free messages.Text) []messages.Text {
	if len(policies) == 0 {
		return []messages.Text{free}
	}
	var lines []messages.Text
	for _, p := range policies {
		lines = append(lines, messages.New("k8sops.netpol.says", "policy", messages.Code(p.Name), "text", say(p)))
	}
	return lines
}
