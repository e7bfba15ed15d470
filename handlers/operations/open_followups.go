package operations

import (
	"cmp"
	"slices"
	"time"

	"opsbot/escalation/incident"
	"opsbot/handlers/calls"
	"opsbot/messages"
)

// followUpIncidents is of how many incidents with follow-ups, the newest, those are looked through; listedFollowUps how many are listed.
const (
	followUpIncidents = 500
	listedFollowUps   = 25
)

// openFollowUp is a follow-up that is still to be done, with its incident.
type openFollowUp struct {
	incident.FollowUp
	incident int64
}

// openFollowUps are those with the earliest date first; those without one come last.
func openFollowUps(incidents []incident.Incident) []openFollowUp {
	var open []openFollowUp
	for _, inc := range incidents {
		for _, f := range inc.FollowUps {
			if f.Open() {
				open = append(open, openFollowUp{f, inc.Number})
			}
		}
	}
	slices.SortStableFunc(open, func(a, b openFollowUp) int {
		switch {
		case a.DueAt.IsZero() && !b.DueAt.IsZero():
			return 1
		case b.DueAt.IsZero() && !a.DueAt.IsZero():
			return -1
		}
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.incident, b.incident))
	})
	return open
}

func (f openFollowUp) line(now time.Time) messages.Text {
	if f.Overdue(now) {
		return messages.New("followup.overdue", "incident", incident.Label(f.incident), "followup", f.Line())
	}
	return messages.New("followup.open", "incident", incident.Label(f.incident), "followup", f.Line())
}

// followUpSection tells in the list of incidents what is open of those that are over; nil where nothing is.
func followUpSection(incidents []incident.Incident, now time.Time) []messages.Section {
	open, overdue := openFollowUps(incidents), 0
	for _, f := range open {
		if f.Overdue(now) {
			overdue++
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []messages.Section{{Finding: &messages.Finding{
		Tone: messages.ToneInfo, Text: messages.New("followup.tally", "count", len(open), "overdue", overdue),
		Action: &messages.Action{Name: calls.ActionRun, Label: messages.New("followup.show"), Value: "incident followup list"},
	}}}
}
