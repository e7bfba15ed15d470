package inspect

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// storage is /storage (handbook: 存储检查): the claims, and how full they are.
type storage struct{ kube.Platform }

func (o storage) spec() k8sops.ReadSpec[struct{}] {
	return k8sops.ReadSpec[struct{}]{
		Meta: k8sops.Meta{
			Name:     "storage",
			Summary:  messages.New("k8sops.storage.summary"),
			Examples: []string{"storage"},
			Access: append(kube.ExecAccess(true),
				k8sops.Access{Verb: "list", Resource: "persistentvolumeclaims"},
				k8sops.Access{Verb: "list", Resource: "pods"},
			),
			Owners: []k8sops.Role{k8sops.Everyone},
		},
		Answer: o.answer,
	}
}

// claim is a claim with what is known of its use.
type claim struct {
	name  string
	phase corev1.PersistentVolumeClaimPhase
	size  int64
	mount *mount // by a running pod, nil where none mounts it
	disk  *disk  // as df sees it, nil where that is not known
	// unknown is why it is not known.
	unknown messages.Text
}

func (o storage) answer(ctx context.Context, call *k8sops.Call, _ struct{}, _ k8sops.Progress) (*k8sops.Result, error) {
	list, err := call.Client.Kubernetes.CoreV1().PersistentVolumeClaims(call.Namespace).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return nil, k8sops.Explain("list claims", err)
	}
	claims := make([]*claim, len(list.Items))
	for i := range list.Items {
		claims[i] = claimOf(&list.Items[i])
	}
	if err := findMounts(ctx, call, claims); err != nil {
		return nil, err
	}
	measure(ctx, call, claims)
	slices.SortFunc(claims, func(a, b *claim) int {
		return cmp.Or(cmp.Compare(b.percent(), a.percent()), strings.Compare(a.name, b.name))
	})
	return &k8sops.Result{Card: o.card(call, claims, list.Items)}, nil
}

// claimOf has the size that was given or, before that, the one that was asked for.
func claimOf(c *corev1.PersistentVolumeClaim) *claim {
	size := c.Status.Capacity[corev1.ResourceStorage]
	if size.IsZero() {
		size = c.Spec.Resources.Requests[corev1.ResourceStorage]
	}
	return &claim{name: c.Name, phase: c.Status.Phase, size: size.Value(), unknown: messages.New("k8sops.storage.not_mounted")}
}

// percent is -1 where it is not known.
func (c *claim) percent() int {
	if c.disk == nil {
		return -1
	}
	return c.disk.percent
}

// mostClaims is how many claims are shown.
const mostClaims = 60

func (o storage) card(call *k8sops.Call, claims []*claim, items []corev1.PersistentVolumeClaim) messages.Card {
	namespace := messages.Code(call.Namespace)
	if len(claims) == 0 {
		return messages.Card{Tone: messages.ToneInfo, Title: messages.New("k8sops.storage.none", "namespace", namespace)}
	}
	findings := checkClaims(&snapshot{claims: items, now: call.Now})
	for _, c := range claims {
		if tone := o.tone(c); tone != messages.ToneGood {
			findings = append(findings, finding{tone, messages.New("k8sops.storage.full", "claim", messages.Code(c.name), "percent", c.disk.percent,
				"free", messages.Bytes(c.disk.free), "pod", messages.Code(c.mount.pod)), ""})
		}
	}
	slices.SortStableFunc(findings, func(a, b finding) int { return cmp.Compare(severity(a.tone), severity(b.tone)) })
	card := messages.Card{
		Tone:     messages.ToneGood,
		Title:    messages.New("k8sops.storage.title", "count", len(claims), "amiss", len(findings), "namespace", namespace),
		Sections: []messages.Section{{Table: o.table(claims[:min(len(claims), mostClaims)])}},
		Footer:   append(unknowns(claims), messages.New("k8sops.storage.no_growth"), messages.New("k8sops.storage.thresholds", "warn", o.Thresholds.DiskWarn, "bad", o.Thresholds.DiskBad)),
	}
	if len(findings) > 0 {
		card.Tone = findings[0].tone
	}
	for _, f := range findings[:min(len(findings), maxFindings)] {
		card.Sections = append(card.Sections, messages.Section{Finding: f.shown()})
	}
	if more := len(claims) - mostClaims; more > 0 {
		card.Footer = append(card.Footer, messages.New("k8sops.storage.more", "count", more))
	}
	return card
}

func (o storage) tone(c *claim) messages.Tone {
	switch {
	case c.percent() >= o.Thresholds.DiskBad:
		return messages.ToneBad
	case c.percent() >= o.Thresholds.DiskWarn:
		return messages.ToneWarning
	}
	return messages.ToneGood
}

func (o storage) table(claims []*claim) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.storage.column.claim")},
		{Title: messages.New("k8sops.storage.column.used"), Right: true},
		{Title: messages.New("k8sops.column.size"), Right: true},
		{Title: messages.New("k8sops.storage.column.growth")},
		{Title: messages.New("k8sops.column.state")},
		{Title: messages.New("k8sops.storage.column.pod")},
	}}
	unknown := messages.New("k8sops.storage.unknown")
	for _, c := range claims {
		used, pod := unknown, messages.Literal("–")
		if c.disk != nil {
			text := messages.Bytes(c.disk.used) + " (" + strconv.Itoa(c.disk.percent) + "%)"
			if o.tone(c) != messages.ToneGood {
				text = "⚠ " + text
			}
			used = messages.Literal(text)
		}
		if c.mount != nil {
			pod = messages.Literal(c.mount.pod)
		}
		table.Rows = append(table.Rows, []messages.Text{
			messages.Literal(c.name), used, messages.Literal(messages.Bytes(c.size)), unknown, messages.Literal(string(c.phase)), pod,
		})
	}
	return table
}

// unknowns say of how many claims the use is not known, by reason.
func unknowns(claims []*claim) []messages.Text {
	var reasons []messages.Text
	names := map[string][]string{}
	for _, c := range claims {
		if c.disk != nil {
			continue
		}
		if names[c.unknown.ID] == nil {
			reasons = append(reasons, c.unknown)
		}
		names[c.unknown.ID] = append(names[c.unknown.ID], c.name)
	}
	for i, reason := range reasons {
		reasons[i] = messages.New("k8sops.storage.unknown_because", "claims", someOf(names[reason.ID]), "reason", reason)
	}
	return reasons
}
