// Package home makes what a person sees in the Home tab.
package home

import (
	"context"
	"slices"
	"strings"
	"time"

	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/handlers/operations"
	"opsbot/handlers/roster"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// homeIncidents is how many incidents the Home tab names; who needs more asks /incident list.
const homeIncidents = 10

// Home makes what a person's Home tab shows.
type Home struct {
	Catalog    []k8sops.Operation
	Clusters   k8sops.Clusters
	Identities handlers.Identifier
	Incidents  operations.IncidentReader
	// Roster is who is on call; may be nil.
	Roster oncall.Directories
	// LocaleOf is the language of a person.
	LocaleOf func(ctx context.Context, slackUser string) string
	Now      func() time.Time
}

// Cards are the active incidents, who is on call, who the person is here, and the operations to start. Whoever is not mapped sees
// nothing but why: every member of the workspace, guests included, can open the tab.
func (h Home) Cards(ctx context.Context, user string) (cards []messages.Card, locale string, err error) {
	locale = h.LocaleOf(ctx, user)
	id, err := h.Identities.Identify(ctx, user)
	if k8sops.CodeOf(err) == k8sops.CodeForbidden {
		return []messages.Card{calls.ErrorCard(calls.Record{}, err)}, locale, nil
	}
	if err != nil {
		return nil, "", err
	}
	active, err := h.Incidents.Incidents(ctx, true, operations.ActiveLimit)
	if err != nil {
		return nil, "", err
	}
	cards = []messages.Card{operations.ActiveCard(active, homeIncidents, h.Now())}
	if h.Roster != nil {
		directory, err := h.Roster.Directory(ctx)
		if err != nil {
			return nil, "", err
		}
		cards = append(cards, roster.Card(directory, oncall.ContactRoles(), h.Now()))
	}
	return append(cards, identityCard(id), h.operationsCard()), locale, nil
}

func identityCard(id k8sops.Identity) messages.Card {
	return messages.Card{Title: messages.New("home.you"), Facts: []messages.Fact{
		{Label: messages.New("home.user"), Value: messages.New("card.code", "text", messages.Code(id.User))},
		{Label: messages.New("home.groups"), Value: messages.New("card.code", "text", messages.Code(strings.Join(id.Groups, ", ")))},
	}}
}

// operationsCard has a button per operation on the cluster; one that needs arguments opens a form. Incidents have
// buttons of their own, and so have overrides of who is on call.
func (h Home) operationsCard() messages.Card {
	cluster := h.Clusters.Default().Name
	card := messages.Card{Title: messages.New("home.operations")}
	if h.Clusters.Several() {
		card.Title = messages.New("home.operations_on", "cluster", messages.Code(cluster))
	}
	for _, op := range h.Catalog {
		if strings.HasPrefix(op.Name, "incident ") || strings.HasPrefix(op.Name, "oncall ") {
			continue
		}
		button := messages.Action{Name: calls.ActionRun, Label: messages.Literal("/" + op.Name), Value: cmdline.LineOn(h.Catalog, op.Name, cluster)}
		if slices.ContainsFunc(op.Args, func(a k8sops.Arg) bool { return a.Required }) {
			button.Name, button.Label, button.Value = calls.ActionForm, messages.Literal("/"+op.Name+" …"), op.Name
		}
		card.Actions = append(card.Actions, button)
	}
	return card
}
