package help

import (
	"context"
	"slices"
	"strings"

	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// opsHelp is /ops help: what the asking person may do here, by access reviews, and how.
type opsHelp struct{ catalog []k8sops.Operation }

type helpArgs struct{ Operation string }

func (h *opsHelp) spec() k8sops.ReadSpec[helpArgs] {
	return k8sops.ReadSpec[helpArgs]{
		Meta: k8sops.Meta{
			Name:     k8sops.HelpName,
			Aliases:  []string{"help"},
			Summary:  messages.New("k8sops.help.summary"),
			Examples: []string{"ops help", "ops help backup db"},
			Owners:   []k8sops.Role{k8sops.Everyone},
			Private:  true,
		},
		Args: func(a *helpArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "operation", Into: &a.Operation, Summary: messages.New("k8sops.help.arg.operation"), Positional: true, Rest: true},
			}
		},
		Answer: h.answer,
	}
}

func (h *opsHelp) answer(ctx context.Context, call *k8sops.Call, args helpArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	if args.Operation == "" {
		return h.all(ctx, call)
	}
	words, err := cmdline.SplitWords(args.Operation)
	if err != nil {
		return nil, err
	}
	if family, members := cmdline.BareFamily(h.catalog, words); members != nil {
		return h.family(ctx, call, family, members)
	}
	return h.one(ctx, call, words)
}

// all explains what the person may run, and names the rest.
func (h *opsHelp) all(ctx context.Context, call *k8sops.Call) (*k8sops.Result, error) {
	may, err := k8sops.MayRun(ctx, call.Client, call.Namespace, h.catalog)
	if err != nil {
		return nil, err
	}
	var mine []messages.Text
	for i := range h.catalog {
		if may[h.catalog[i].Name] {
			mine = append(mine, h.catalog[i].HelpLine())
		}
	}
	title := messages.New("k8sops.help.title", "user", messages.Code(call.Identity.User),
		"namespace", messages.Code(call.Namespace), "cluster", messages.Code(call.Cluster))
	result := helpCard(title, h.catalog, mine, may)
	if clusters, ok := call.Operation.Arg(k8sops.ClusterArg); ok && !clusters.Hidden {
		result.Card.Footer = append(result.Card.Footer, messages.New("k8sops.help.clusters",
			"flag", messages.Code("--"+clusters.Name), "clusters", strings.Join(clusters.Choices, ", ")))
	}
	return result, nil
}

// family explains every member, because that is what was asked for, and names those that are for others.
func (h *opsHelp) family(ctx context.Context, call *k8sops.Call, name string, members []k8sops.Operation) (*k8sops.Result, error) {
	may, err := k8sops.MayRun(ctx, call.Client, call.Namespace, members)
	if err != nil {
		return nil, err
	}
	summary, _ := k8sops.FamilySummary(name)
	title := messages.New("k8sops.help.one", "operation", messages.Code("/"+name), "summary", summary)
	return helpCard(title, members, k8sops.HelpLines(members), may), nil
}

// helpCard shows lines, and which of ops only others may run.
func helpCard(title messages.Text, ops []k8sops.Operation, lines []messages.Text, may map[string]bool) *k8sops.Result {
	var others []*k8sops.Operation
	for i := range ops {
		if !may[ops[i].Name] {
			others = append(others, &ops[i])
		}
	}
	card := messages.Card{
		Tone: messages.ToneInfo, Title: title, Sections: []messages.Section{{List: lines}},
		Footer: []messages.Text{messages.New("k8sops.help.footer", "count", len(ops)-len(others), "total", len(ops))},
	}
	if len(others) > 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.help.others")), messages.Section{List: byOwners(others)})
	}
	return &k8sops.Result{Card: card}
}

// byOwners lists operations by the roles that have them.
func byOwners(ops []*k8sops.Operation) []messages.Text {
	var texts []messages.Text
	for i, op := range ops {
		sameOwners := func(other *k8sops.Operation) bool { return slices.Equal(other.Owners, op.Owners) }
		if slices.ContainsFunc(ops[:i], sameOwners) {
			continue
		}
		var names []string
		for _, other := range ops[i:] {
			if sameOwners(other) {
				names = append(names, "/"+other.Name)
			}
		}
		texts = append(texts, messages.New("k8sops.help.denied", "roles", k8sops.RoleNames(op.Owners), "operations", strings.Join(names, ", ")))
	}
	return texts
}

// one explains one operation, and says whether the person may run it.
func (h *opsHelp) one(ctx context.Context, call *k8sops.Call, words []cmdline.Word) (*k8sops.Result, error) {
	op, _, err := cmdline.FindOperation(h.catalog, words)
	if err != nil {
		return nil, err
	}
	may, err := k8sops.MayRun(ctx, call.Client, call.Namespace, []k8sops.Operation{*op})
	if err != nil {
		return nil, err
	}
	verdict := messages.New("k8sops.help.may")
	if !may[op.Name] {
		verdict = messages.New("k8sops.help.may_not", "roles", k8sops.RoleNames(op.Owners))
	}
	card := messages.Card{
		Tone:  messages.ToneInfo,
		Title: messages.New("k8sops.help.one", "operation", messages.Code(op.Name), "summary", op.Summary),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.help.fact.usage"), Value: messages.New("k8sops.code", "text", messages.Code(k8sops.Usage(op)))},
			{Label: messages.New("k8sops.help.fact.danger"), Value: op.Danger.Text()},
			{Label: messages.New("k8sops.help.fact.owners"), Value: k8sops.RoleNames(op.Owners)},
			{Label: messages.New("k8sops.help.fact.you"), Value: verdict},
		},
	}
	if len(op.Shown()) > 0 {
		card.Sections = append(card.Sections, messages.Section{List: argTexts(op)})
	}
	// As text, not as buttons: an example is there to be read, and a press would run it.
	card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.help.examples")), messages.Section{List: exampleTexts(op)})
	if len(op.Access) > 0 {
		card.Footer = []messages.Text{messages.New("k8sops.help.access", "access", accessList(op.Access))}
	}
	return &k8sops.Result{Card: card}, nil
}

func exampleTexts(op *k8sops.Operation) []messages.Text {
	var texts []messages.Text
	for _, line := range op.Examples {
		texts = append(texts, messages.New("k8sops.code", "text", messages.Code("/"+line)))
	}
	return texts
}

func argTexts(op *k8sops.Operation) []messages.Text {
	var texts []messages.Text
	for _, a := range op.Shown() {
		texts = append(texts, messages.New("k8sops.help.arg", "arg", messages.Code(a.Usage()), "summary", a.Summary))
	}
	return texts
}

func accessList(access []k8sops.Access) string {
	var names []string
	for _, a := range access {
		names = append(names, a.Verb+" "+a.ResourceName())
	}
	return strings.Join(names, ", ")
}
