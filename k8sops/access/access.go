package access

import (
	"cmp"
	"context"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// access is /access (handbook: 检查RBAC配置): who can do what here, in words.
type access struct{ kube.Platform }

type accessArgs struct{ Who string }

func (o access) spec() k8sops.ReadSpec[accessArgs] {
	return k8sops.ReadSpec[accessArgs]{
		Meta: k8sops.Meta{
			Name:     "access",
			Summary:  messages.New("k8sops.rights.summary"),
			Examples: []string{"access", "access zhangsan@company.com", "access opsbot:dba", "access user-service"},
			Access:   append(kube.ListWorkloads(), bookAccess()...),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Network}, // whoever has /security reads the same objects
		},
		Args: func(a *accessArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "who", Into: &a.Who, Summary: messages.New("k8sops.rights.arg.who"), Positional: true, Offer: o.offer, OfferMore: true}}
		},
		Answer: o.answer,
	}
}

func (o access) answer(ctx context.Context, call *k8sops.Call, args accessArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	b, err := readBook(ctx, call)
	if err != nil {
		return nil, err
	}
	if args.Who == "" {
		return &k8sops.Result{Card: b.overview(call)}, nil
	}
	workloads, err := kube.List(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	who, w, err := b.find(call, args.Who, workloads)
	if err != nil {
		return nil, err
	}
	return &k8sops.Result{Card: b.card(call, who, w)}, nil
}

// find is who is meant: somebody with rights, by their whole name, or the service account of a workload.
func (b book) find(call *k8sops.Call, typed string, workloads []kube.Workload) (subject, *kube.Workload, error) {
	all, _ := b.subjects()
	for s := range b {
		all = append(all, s)
	}
	if i := slices.IndexFunc(all, func(s subject) bool {
		return s.typed() == typed || s.name == typed && (s.namespace == "" || s.namespace == call.Namespace)
	}); i >= 0 {
		return all[i], nil, nil
	}
	found := kube.Match(strings.ToLower(typed), workloads)
	if len(found) == 1 {
		return accountOf(call, found[0]), &found[0], nil
	}
	if len(found) > 1 {
		_, err := kube.OneOf(call, strings.ToLower(typed), workloads)
		return subject{}, nil, err
	}
	var names []string
	for _, s := range all {
		names = append(names, s.typed())
	}
	for _, w := range workloads {
		names = append(names, w.Line())
	}
	return subject{}, nil, &k8sops.Error{
		Code: k8sops.CodeNotFound, Message: messages.New("k8sops.rights.unknown", "who", messages.Code(typed), "namespace", messages.Code(call.Namespace)),
		Hint: messages.New("k8sops.rights.unknown_hint"), Suggest: kube.WithArg(call, "who", nearest.Names(typed, names)),
	}
}

// accountOf is the service account that a workload's pods act as.
func accountOf(call *k8sops.Call, w kube.Workload) subject {
	name := ""
	if template := w.Template(); template != nil {
		name = template.Spec.ServiceAccountName
	}
	return subject{rbacv1.ServiceAccountKind, call.Namespace, cmp.Or(name, "default")}
}

// shownSubjects is how many are listed.
const shownSubjects = 40

// overview puts those first who can do the most harm.
func (b book) overview(call *k8sops.Call) messages.Card {
	subjects, more := b.subjects()
	card := messages.Card{Tone: messages.ToneGood, Title: messages.New("k8sops.rights.title", "count", len(subjects), "namespace", messages.Code(call.Namespace))}
	var safe []messages.Text
	held := make(map[subject][]heldRisk, len(subjects))
	for _, s := range subjects {
		held[s] = risksOf(b[s])
	}
	slices.SortStableFunc(subjects, func(x, y subject) int { return cmp.Compare(gravity(held[x]), gravity(held[y])) })
	for _, s := range subjects[:min(len(subjects), shownSubjects)] {
		f := b.finding(s, held[s])
		if f.Tone == messages.ToneInfo {
			safe = append(safe, f.Text)
			continue
		}
		if card.Tone != messages.ToneBad {
			card.Tone = f.Tone
		}
		card.Sections = append(card.Sections, messages.Section{Finding: &f})
	}
	if len(safe) > 0 {
		card.Sections = append(card.Sections, messages.Section{List: safe})
	}
	if len(subjects) > shownSubjects {
		card.Footer = append(card.Footer, messages.New("k8sops.rights.more", "count", len(subjects)-shownSubjects))
	}
	card.Footer = append(card.Footer, messages.New("k8sops.rights.left_out", "count", more), messages.New("k8sops.rights.rbac_only"))
	return card
}

// finding is a subject with what it can do, in a line.
func (b book) finding(s subject, held []heldRisk) messages.Finding {
	var roles []string
	for _, g := range b[s] {
		roles = append(roles, g.role.Name)
	}
	slices.Sort(roles)
	names := messages.Code(strings.Join(slices.Compact(roles), ", "))
	if len(held) == 0 {
		tone := messages.ToneInfo
		if s.kind == rbacv1.GroupKind && (s.name == everybody || s.name == anonymous) {
			tone = messages.ToneWarning
		}
		return messages.Finding{Tone: tone, Text: messages.New("k8sops.rights.line", "who", s.text(), "roles", names)}
	}
	texts := make([]messages.Text, len(held))
	for i, h := range held {
		texts[i] = h.text()
	}
	return messages.Finding{Tone: held[0].tone(), Text: messages.New("k8sops.rights.risky", "who", s.text(), "risks", k8sops.Enumerate(texts), "roles", names)}
}

// card is all that somebody can do. w is the workload that was asked about, nil for none.
func (b book) card(call *k8sops.Call, who subject, w *kube.Workload) messages.Card {
	grants := b.of(who)
	card := messages.Card{Tone: messages.ToneGood, Title: messages.New("k8sops.rights.of", "who", who.text(), "namespace", messages.Code(call.Namespace))}
	if w != nil {
		card.Title = messages.New("k8sops.rights.of_workload", "workload", messages.Code(w.Line()), "who", who.text())
	}
	held := risksOf(grants)
	for _, h := range held {
		card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{Tone: h.tone(), Text: h.text()}})
	}
	if len(held) > 0 {
		card.Tone = held[0].tone()
	}
	var lines []messages.Text
	for _, g := range grants {
		lines = append(lines, grantText(g))
	}
	if len(lines) == 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.rights.none")))
	} else {
		card.Sections = append(card.Sections, messages.Section{List: lines})
	}
	card.Footer = append(about(who, w, grants), messages.New("k8sops.rights.rbac_only"))
	return card
}

// about is what one should know of such a subject.
func about(who subject, w *kube.Workload, grants []grant) []messages.Text {
	var notes []messages.Text
	if w != nil && w.Template() != nil {
		if mounted := w.Template().Spec.AutomountServiceAccountToken; mounted != nil && !*mounted {
			notes = append(notes, messages.New("k8sops.rights.not_mounted"))
		}
	}
	if who.kind == rbacv1.ServiceAccountKind && who.name == "default" && len(grants) > 0 {
		notes = append(notes, messages.New("k8sops.rights.default_account"))
	}
	if who.kind == rbacv1.UserKind {
		notes = append(notes, messages.New("k8sops.rights.groups"))
	}
	return notes
}

// offer lists whom one can ask about.
func (o access) offer(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	b, err := readBook(ctx, call)
	if err != nil {
		return nil, err
	}
	subjects, _ := b.subjects()
	var names []string
	for _, s := range subjects {
		names = append(names, s.typed())
	}
	return k8sops.Choices(names...), nil
}
