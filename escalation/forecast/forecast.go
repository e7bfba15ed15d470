package forecast

import (
	"cmp"
	"errors"
	"time"

	"opsbot/escalation"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// Forecast is who would be paged about a delivery. It comes from the decisions themselves, on a simulated clock.
type Forecast struct {
	Incident incident.Incident // as it opens
	Parts    []Part
}

// Part is what happens in one scenario, until the ladder begins to repeat.
type Part struct {
	// Scenario is what people do: nothing; acknowledge and then nothing; resolve it and write no report.
	Scenario Scenario
	// Actor is who does it: the first person who is paged, as a Slack user or a contact id. ActedAt is the time of that page.
	Actor   string
	ActedAt time.Time
	Pages   []incident.Page
	// RepeatsAt is when the ladder begins again; zero: never.
	RepeatsAt time.Time
}

// Scenario is what people do in a part of a forecast.
type Scenario string

// The scenarios, in the order of the stages whose ladders they show.
const (
	NobodyAnswers Scenario = "nobody answers"
	AnsweredOnce  Scenario = "acknowledged, then silence"
	NoReport      Scenario = "resolved, no report"
)

// Predict is the forecast for a delivery that comes at the given time. At least one of its alerts must fire.
func Predict(policy escalation.Policy, directory oncall.Directory, n incident.Notification, at time.Time) (Forecast, error) {
	n.ReceivedAt = at
	if len(n.Firing()) == 0 {
		return Forecast{}, errors.New("nothing fires, so nobody is paged")
	}
	opened := &simulation{policy: policy, directory: directory, now: at, inc: incident.Incident{Number: 1}}
	opened.apply(escalation.Observe(policy, directory, opened.inc, nil, []incident.Notification{n}, at))
	f := Forecast{Incident: opened.inc}
	unanswered := opened.clone()
	f.Parts = append(f.Parts, Part{Scenario: NobodyAnswers, RepeatsAt: unanswered.runLadder(incident.Respond), Pages: unanswered.pages})
	if len(unanswered.pages) == 0 {
		return f, nil
	}
	return f, f.addAnswered(opened)
}

// addAnswered adds what happens when somebody answers the first page.
func (f *Forecast) addAnswered(opened *simulation) error {
	opened.waitForPage()
	actor := actorOf(opened.directory, opened.pages[0])
	acked := opened.clone()
	if err := acked.act(escalation.Action{Kind: escalation.Ack, Actor: actor}); err != nil {
		return err
	}
	answered := acked.clone()
	f.Parts = append(f.Parts, Part{
		Scenario: AnsweredOnce, Actor: actor, ActedAt: acked.now, RepeatsAt: answered.runLadder(incident.Resolve), Pages: answered.pages[len(acked.pages):],
	})
	at, known := acked.now, len(acked.pages)
	if err := acked.resolve(actor); err != nil {
		return err
	}
	f.Parts = append(f.Parts, Part{
		Scenario: NoReport, Actor: actor, ActedAt: at, RepeatsAt: acked.runLadder(incident.Postmortem), Pages: acked.pages[known:],
	})
	return nil
}

// actorOf is the Slack user of a page's person, or the contact id if there is none.
func actorOf(d oncall.Directory, p incident.Page) string {
	c, _ := d.ByID(p.Contact)
	return cmp.Or(c.Slack, p.Contact)
}
