package operations

import (
	"context"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/k8sops"
	"opsbot/messages"
)

// FollowUps is what the operations on follow-ups of incidents work with.
type FollowUps struct {
	Service    IncidentService
	Assignable Assignable
	// Zone is the time zone in which a person reads clocks.
	Zone func(ctx context.Context, slackUser string) *time.Location
	Now  func() time.Time
}

// Operations keep the list of what is to be done after an incident.
func (o FollowUps) Operations() []k8sops.Operation {
	return []k8sops.Operation{
		followUpAdd{o}.spec().Operation(),
		followUpDone{o}.spec().Operation(),
		followUpList{o}.spec().Operation(),
	}
}

// act changes the list, and shows it as it is then.
func (o FollowUps) act(ctx context.Context, number int64, a escalation.Action) (messages.Card, error) {
	inc, err := o.Service.Act(ctx, number, a)
	if err != nil {
		return messages.Card{}, err
	}
	card := followUpsCard(inc)
	card.Tone = messages.ToneGood
	return card, nil
}

// followUpsCard lists the follow-ups of one incident, those that are done checked.
func followUpsCard(inc incident.Incident) messages.Card {
	var lines []messages.Text
	for _, f := range inc.FollowUps {
		lines = append(lines, f.Checked())
	}
	return messages.Card{
		Title: messages.New("followup.title", "incident", incident.Label(inc.Number)), Sections: []messages.Section{{List: lines}},
	}
}
