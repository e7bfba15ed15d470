package k8sops

import (
	"context"
	"slices"
	"strings"

	"opsbot/messages"
)

// opsHelp is /ops help: what the asking person may do here, by access reviews, and how.
type opsHelp struct{ catalog []Operation }

func (h *opsHelp) operation() Operation {
	return Operation{
		Name:    helpName,
		Aliases: []string{"help"},
		Summary: messages.New("k8sops.help.summary"),
		Args: []Arg{
			{Name: "operation", Summary: messages.New("k8sops.help.arg.operation"), Kind: KindString, Positional: true, Rest: true},
		},
		Examples: []string{"ops help", "ops help backup db"},
		Owners:   []Role{Everyone},
		Private:  true,
		Run:      h.run,
	}
}

func (h *opsHelp) run(ctx context.Context, call *Call, _ *Plan, _ Progress) (*Result, error) {
	if call.Args["operation"] == "" {
		return h.all(ctx, call)
	}
	words, err := splitWords(call.Args["operation"])
	if err != nil {
		return nil, err
	}
	if family, members := bareFamily(h.catalog, words); members != nil {
		return h.family(ctx, call, family, members)
	}
	return h.one(ctx, call, words)
}

// all explains what the person may run, and names the rest.
func (h *opsHelp) all(ctx context.Context, call *Call) (*Result, error) {
	may, err := mayRun(ctx, call.Client, call.Namespace, h.catalog)
	if err != nil {
		return nil, err
	}
	var mine []messages.Text
	for i := range h.catalog {
		if may[h.catalog[i].Name] {
			mine = append(mine, h.catalog[i].helpLine())
		}
	}
	title := messages.New("k8sops.help.title", "user", messages.Code(call.Identity.User),
		"namespace", messages.Code(call.Namespace), "cluster", messages.Code(call.Cluster))
	return helpCard(title, h.catalog, mine, may), nil
}

// family explains every member, because that is what was asked for, and names those that are for others.
func (h *opsHelp) family(ctx context.Context, call *Call, name string, members []Operation) (*Result, error) {
	may, err := mayRun(ctx, call.Client, call.Namespace, members)
	if err != nil {
		return nil, err
	}
	summary, _ := familySummary(name)
	title := messages.New("k8sops.help.one", "operation", messages.Code("/"+name), "summary", summary)
	return helpCard(title, members, helpLines(members), may), nil
}

// helpCard shows lines, and which of ops only others may run.
func helpCard(title messages.Text, ops []Operation, lines []messages.Text, may map[string]bool) *Result {
	var others []*Operation
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
	return &Result{Card: card}
}

// byOwners lists operations by the roles that have them.
func byOwners(ops []*Operation) []messages.Text {
	var texts []messages.Text
	for i, op := range ops {
		sameOwners := func(other *Operation) bool { return slices.Equal(other.Owners, op.Owners) }
		if slices.ContainsFunc(ops[:i], sameOwners) {
			continue
		}
		var names []string
		for _, other := range ops[i:] {
			if sameOwners(other) {
				names = append(names, "/"+other.Name)
			}
		}
		texts = append(texts, messages.New("k8sops.help.denied", "roles", roleNames(op.Owners), "operations", strings.Join(names, ", ")))
	}
	return texts
}

// one explains one operation, and says whether the person may run it.
func (h *opsHelp) one(ctx context.Context, call *Call, words []word) (*Result, error) {
	op, _, err := findOperation(h.catalog, words)
	if err != nil {
		return nil, err
	}
	may, err := mayRun(ctx, call.Client, call.Namespace, []Operation{*op})
	if err != nil {
		return nil, err
	}
	verdict := messages.New("k8sops.help.may")
	if !may[op.Name] {
		verdict = messages.New("k8sops.help.may_not", "roles", roleNames(op.Owners))
	}
	card := messages.Card{
		Tone:  messages.ToneInfo,
		Title: messages.New("k8sops.help.one", "operation", messages.Code(op.Name), "summary", op.Summary),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.help.fact.usage"), Value: messages.New("k8sops.code", "text", messages.Code(Usage(op)))},
			{Label: messages.New("k8sops.help.fact.danger"), Value: op.Danger.Text()},
			{Label: messages.New("k8sops.help.fact.owners"), Value: roleNames(op.Owners)},
			{Label: messages.New("k8sops.help.fact.you"), Value: verdict},
		},
	}
	if len(op.Args) > 0 {
		card.Sections = append(card.Sections, messages.Section{List: argTexts(op)})
	}
	// As text, not as buttons: an example is there to be read, and a press would run it.
	card.Sections = append(card.Sections, messages.Paragraph(messages.New("k8sops.help.examples")), messages.Section{List: exampleTexts(op)})
	if len(op.Access) > 0 {
		card.Footer = []messages.Text{messages.New("k8sops.help.access", "access", accessList(op.Access))}
	}
	return &Result{Card: card}, nil
}

func exampleTexts(op *Operation) []messages.Text {
	var texts []messages.Text
	for _, line := range op.Examples {
		texts = append(texts, messages.New("k8sops.code", "text", messages.Code("/"+line)))
	}
	return texts
}

func argTexts(op *Operation) []messages.Text {
	var texts []messages.Text
	for _, a := range op.Args {
		texts = append(texts, messages.New("k8sops.help.arg", "arg", messages.Code(a.usage()), "summary", a.Summary))
	}
	return texts
}

func accessList(access []Access) string {
	var names []string
	for _, a := range access {
		names = append(names, a.Verb+" "+a.resourceName())
	}
	return strings.Join(names, ", ")
}
