package operations

import (
	"context"
	"slices"
	"strings"
	"time"

	"opsbot/escalation/cards"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/handlers/roster"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// homeIncidents is how many incidents the Home tab names; who needs more asks /incident list.
const homeIncidents = 10

// activeLimit bounds how many active incidents are read to be counted; above that the count is "200 or more".
const activeLimit = 200

// Home makes what a person's Home tab shows.
type Home struct {
	Catalog    []k8sops.Operation
	Clusters   k8sops.Clusters
	Identities handlers.Identifier
	Incidents  IncidentReader
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
	active, err := h.Incidents.Incidents(ctx, true, activeLimit)
	if err != nil {
		return nil, "", err
	}
	cards = []messages.Card{activeCard(active, homeIncidents, h.Now())}
	if h.Roster != nil {
		directory, err := h.Roster.Directory(ctx)
		if err != nil {
			return nil, "", err
		}
		cards = append(cards, roster.Card(directory, oncall.ContactRoles(), h.Now()))
	}
	return append(cards, identityCard(id), h.operationsCard()), locale, nil
}

// activeCard lists the newest active incidents, at most shown of them, and says how many there are.
func activeCard(active []incident.Incident, shown int, now time.Time) messages.Card {
	if len(active) == 0 {
		return messages.Card{Tone: messages.ToneGood, Title: messages.New("incident.none")}
	}
	card := messages.Card{Tone: messages.ToneWarning, Title: messages.New("incident.active", "count", len(active))}
	if len(active) == activeLimit {
		card.Title = messages.New("incident.active_many", "count", activeLimit)
	}
	for _, inc := range active[:min(len(active), shown)] {
		card.Sections = append(card.Sections, messages.Section{Finding: &messages.Finding{
			Tone: messages.ToneWarning, Text: incidentLine(inc, now),
			Action: &messages.Action{Name: cards.ActionTimeline, Label: messages.New("home.timeline"), Value: cards.Value(inc.Number)},
		}})
	}
	if hidden := len(active) - shown; hidden > 0 {
		card.Sections = append(card.Sections, messages.Paragraph(messages.New("incident.hidden", "count", hidden)))
	}
	return card
}

func incidentLine(inc incident.Incident, now time.Time) messages.Text {
	owner := messages.New("incident.nobody")
	if inc.Owner != "" {
		owner = messages.New("card.user", "user", messages.User(inc.Owner))
	}
	return messages.New("home.incident", "incident", incident.Label(inc.Number), "severity", inc.Severity.Text(), "title", messages.Clip(inc.Title, 150),
		"status", inc.Status.Text(), "age", now.Sub(inc.OpenedAt), "owner", owner)
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
