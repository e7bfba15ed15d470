package home

import (
	"context"
	"slices"
	"strings"
	"time"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// reviewLimit bounds how long the tab waits for the API server to say what the person may do.
const reviewLimit = 5 * time.Second

// operationsCard has a button for each operation that the person may run, by family; one that needs arguments opens a form. Incidents,
// overrides of who is on call and plans that wait for a second person have buttons of their own.
func (h Home) operationsCard(ctx context.Context, id k8sops.Identity) messages.Card {
	cluster := h.Clusters.Default()
	card := messages.Card{Title: messages.New("home.operations")}
	if h.Clusters.Several() {
		card.Title = messages.New("home.operations_on", "cluster", messages.Code(cluster.Name))
	}
	may, known := h.mayRun(ctx, cluster, id)
	if !known {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("home.rights_unknown", "cluster", messages.Code(cluster.Name))))
	}
	var refused []string
	for _, g := range h.groups() {
		var buttons []messages.Action
		for _, op := range g.operations {
			if may[op.Name] || !known {
				buttons = append(buttons, h.button(op, cluster.Name))
			} else {
				refused = append(refused, "/"+op.Name)
			}
		}
		if len(buttons) > 0 {
			card.Sections = append(card.Sections, messages.Paragraph(g.title), messages.Section{Actions: buttons})
		}
	}
	if len(refused) > 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("home.refused", "operations", strings.Join(refused, ", "))))
	}
	return card
}

// mayRun asks the API server what the person may run; known is false where it does not say.
func (h Home) mayRun(ctx context.Context, cluster *k8sops.Cluster, id k8sops.Identity) (may map[string]bool, known bool) {
	ctx, cancel := context.WithTimeout(ctx, reviewLimit)
	defer cancel()
	client, err := cluster.As(id)
	if err != nil {
		return nil, false
	}
	may, err = k8sops.MayRun(ctx, client, cluster.Namespace, h.Catalog)
	return may, err == nil
}

// group are operations that stand under one title.
type group struct {
	title      messages.Text
	operations []k8sops.Operation
}

// groups are the operations without a family, those that look first, and then the families.
func (h Home) groups() []group {
	look, change := group{title: messages.New("home.look")}, group{title: messages.New("home.change")}
	var families []group
	for _, op := range h.Catalog {
		first, _, _ := strings.Cut(op.Name, " ")
		if first == "incident" || first == "oncall" || op.Name == "ops break-glass" {
			continue
		}
		summary, isFamily := k8sops.FamilySummary(first)
		switch {
		case isFamily:
			title := messages.New("home.family", "family", messages.Code("/"+first), "summary", summary)
			i := slices.IndexFunc(families, func(g group) bool { return strings.HasPrefix(g.operations[0].Name+" ", first+" ") })
			if i < 0 {
				i, families = len(families), append(families, group{title: title})
			}
			families[i].operations = append(families[i].operations, op)
		case op.Danger == k8sops.Read:
			look.operations = append(look.operations, op)
		default:
			change.operations = append(change.operations, op)
		}
	}
	return append([]group{look, change}, families...)
}

func (h Home) button(op k8sops.Operation, cluster string) messages.Action {
	if slices.ContainsFunc(op.Args, func(a k8sops.Arg) bool { return a.Required }) {
		return messages.Action{Name: calls.ActionForm, Label: messages.Literal("/" + op.Name + " …"), Value: op.Name}
	}
	return messages.Action{Name: calls.ActionRun, Label: messages.Literal("/" + op.Name), Value: cmdline.LineOn(h.Catalog, op.Name, cluster)}
}
