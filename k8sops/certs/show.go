package certs

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/certificate"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// show is /certs (handbook: 证书更新, its first half): every TLS secret, and beside it what is really served. A renewed Secret is worth nothing
// while the pods serve the old certificate.
type show struct{ kube.Platform }

func (o show) spec() k8sops.ReadSpec[struct{}] {
	return k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{
			Name:     "certs",
			Aliases:  []string{"certificates"},
			Summary:  messages.New("k8sops.certs.summary"),
			Examples: []string{"certs"},
			Access:   slices.Concat(placesAccess(o.Platform), secretAccess(o.Platform, "get")),
			Owners:   owners(),
		},
		Answer: func(ctx context.Context, call *k8sops.Call, _ struct{}, _ k8sops.Progress) (*k8sops.Result, error) {
			h, err := gather(ctx, o.Platform, call)
			if err != nil {
				return nil, err
			}
			if err := h.locate(ctx, call); err != nil {
				return nil, err
			}
			h.ask(ctx, dial(o.Platform))
			return &k8sops.Result{Card: h.card(call)}, nil
		},
	}
}

// mostFindings is how many findings are shown.
const mostFindings = 20

func (h *holders) card(call *k8sops.Call) messages.Card {
	namespace := messages.Code(call.Namespace)
	if len(h.held) == 0 {
		return messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.certs.none", "namespace", namespace), Footer: h.missing}
	}
	var findings []messages.Finding
	for _, one := range h.held {
		findings = append(findings, one.findings(call.Now)...)
	}
	slices.SortStableFunc(findings, func(a, b messages.Finding) int { return cmp.Compare(severity(a.Tone), severity(b.Tone)) })
	tone, amiss := messages.ToneGood, 0
	for _, f := range findings {
		if f.Tone != messages.ToneInfo {
			amiss++
		}
	}
	if amiss > 0 {
		tone = findings[0].Tone
	}
	card := messages.Card{Tone: tone, Title: messages.New("k8sops.certs.title", "count", len(h.held), "amiss", amiss, "namespace", namespace)}
	if table := h.table(call.Now); len(table.Rows) > 0 {
		card.Sections = append(card.Sections, messages.Section{Table: table})
	}
	for i := range findings[:min(len(findings), mostFindings)] {
		card.Sections = append(card.Sections, messages.Section{Finding: &findings[i]})
	}
	if more := len(findings) - mostFindings; more > 0 {
		card.Footer = append(card.Footer, messages.New("k8sops.certs.more", "count", more))
	}
	card.Footer = append(card.Footer, h.missing...)
	return card
}

func severity(t messages.Tone) int {
	return slices.Index([]messages.Tone{messages.ToneBad, messages.ToneWarning, messages.ToneInfo}, t)
}

// table has the certificates, those that end first on top.
func (h *holders) table(now time.Time) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.certs.column.secret")},
		{Title: messages.New("k8sops.certs.column.left"), Right: true},
		{Title: messages.New("k8sops.certs.column.served")},
		{Title: messages.New("k8sops.certs.column.expires")},
		{Title: messages.New("k8sops.certs.column.subject")},
		{Title: messages.New("k8sops.certs.column.names")},
		{Title: messages.New("k8sops.certs.column.issuer")},
	}}
	readable := slices.DeleteFunc(slices.Clone(h.held), func(one *held) bool { return len(one.chain) == 0 })
	slices.SortStableFunc(readable, func(a, b *held) int { return a.chain.Ends().Compare(b.chain.Ends()) })
	for _, one := range readable {
		leaf := one.chain.Leaf()
		table.Rows = append(table.Rows, []messages.Text{
			messages.Literal(one.secret), daysLeft(one.chain.Ends(), now), one.servedText(), messages.Literal(one.chain.Ends().UTC().Format(time.DateOnly)),
			messages.Literal(messages.Clip(certificate.Subject(leaf), 60)), messages.Literal(messages.Clip(strings.Join(certificate.Names(leaf), ", "), 160)),
			messages.Literal(messages.Clip(certificate.Issuer(leaf), 60)),
		})
	}
	return table
}

func daysLeft(ends, now time.Time) messages.Text {
	if certificate.UrgencyOf(ends, now) == certificate.Expired {
		return messages.New("k8sops.certs.expired_cell")
	}
	return messages.New("k8sops.number", "n", int(ends.Sub(now)/(24*time.Hour)))
}

// servedText says in a cell what was seen.
func (h *held) servedText() messages.Text {
	t := h.tally()
	switch seen := t.same + t.other; {
	case len(h.places) == 0:
		return messages.New("k8sops.certs.unused")
	case t.other > 0:
		return messages.New("k8sops.certs.other_cell", "other", t.other, "seen", seen)
	case t.same > 0:
		return messages.New("k8sops.certs.same_cell", "same", t.same, "places", len(h.places))
	case t.refused > 0:
		return messages.New("k8sops.certs.refused_cell")
	}
	return messages.New("k8sops.certs.unreachable_cell")
}
