// Package home makes what a person sees in the Home tab.
package home

import (
	"context"
	"strings"
	"time"

	"opsbot/escalation/oncall"
	"opsbot/handlers"
	"opsbot/handlers/calls"
	"opsbot/handlers/freeze"
	"opsbot/handlers/operations"
	"opsbot/handlers/roster"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/runs"
)

// homeIncidents is how many incidents the Home tab names; who needs more asks /incident list.
const homeIncidents = 10

// Runs is what the pipeline knows of calls that are not over.
type Runs interface {
	// ToApprove are the calls that a person may approve as the second one, oldest first.
	ToApprove(ctx context.Context, user string) ([]calls.Record, error)
	// UnderWay are the calls that run, oldest first.
	UnderWay(ctx context.Context) ([]calls.Record, error)
}

// Schedules lists what is planned for later, the next first.
type Schedules interface {
	Schedules(ctx context.Context) ([]runs.Schedule, error)
}

// Home makes what a person's Home tab shows.
type Home struct {
	Catalog    []k8sops.Operation
	Clusters   k8sops.Clusters
	Identities handlers.Identifier
	Incidents  operations.IncidentReader
	Runs       Runs
	Schedules  Schedules
	Freezes    freeze.Windows
	// Roster is who is on call; may be nil.
	Roster oncall.Directories
	// LocaleOf is the language of a person.
	LocaleOf func(ctx context.Context, slackUser string) string
	Now      func() time.Time
}

// Cards are what waits for the person, what goes on, who is on call, who the person is here and what they may do. Whoever is not mapped
// sees nothing but why: every member of the workspace, guests included, can open the tab.
func (h Home) Cards(ctx context.Context, user string) (all []messages.Card, locale string, err error) {
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
	going, err := h.goingOn(ctx, user)
	if err != nil {
		return nil, "", err
	}
	all = append([]messages.Card{operations.ActiveCard(active, homeIncidents, h.Now())}, going...)
	if h.Roster != nil {
		directory, err := h.Roster.Directory(ctx)
		if err != nil {
			return nil, "", err
		}
		all = append(all, roster.Card(directory, oncall.ContactRoles(), h.Now()))
	}
	return append(all, identityCard(id), h.operationsCard(ctx, id)), locale, nil
}

func identityCard(id k8sops.Identity) messages.Card {
	return messages.Card{Title: messages.New("home.you"), Facts: []messages.Fact{
		{Label: messages.New("home.user"), Value: messages.New("card.code", "text", messages.Code(id.User))},
		{Label: messages.New("home.groups"), Value: messages.New("card.code", "text", messages.Code(strings.Join(id.Groups, ", ")))},
	}}
}
