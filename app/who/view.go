package who

import (
	"time"

	"opsbot/escalation"
	"opsbot/escalation/forecast"
	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// forecastView is a forecast with what it was made from.
type forecastView struct {
	forecast.Forecast
	policy    escalation.Policy
	directory oncall.Directory
	at        time.Time
}

// formatTime writes a moment in the zone that was asked in.
func (f forecastView) formatTime(t time.Time) string {
	return t.In(f.at.Location()).Format("Mon 2006-01-02 15:04:05 MST")
}

func (f forecastView) person(p incident.Page) string {
	if c, ok := f.directory.ByID(p.Contact); ok {
		return c.Name
	}
	return p.Contact
}

func (f forecastView) nameOf(actor string) string {
	c, ok := f.directory.BySlack(actor)
	if !ok {
		c, ok = f.directory.ByID(actor)
	}
	if ok {
		return c.Name
	}
	return actor
}

func (f forecastView) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(f.at.Location())
}
