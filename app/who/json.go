package who

import (
	"strings"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
)

// forecastJSON is what `opsbot who -o json` prints. Times are RFC 3339 in the zone that was asked in.
type forecastJSON struct {
	At       time.Time  `json:"at"`
	Title    string     `json:"title"`
	Severity string     `json:"severity"`
	Role     string     `json:"role"`
	Parts    []partJSON `json:"parts"`
}

type partJSON struct {
	Supposed  string     `json:"supposed"`
	Actor     string     `json:"actor,omitempty"`
	ActedAt   time.Time  `json:"acted_at,omitzero"`
	Pages     []pageJSON `json:"pages"`
	RepeatsAt time.Time  `json:"repeats_at,omitzero"`
}

type pageJSON struct {
	At       time.Time `json:"at"`
	Stage    string    `json:"stage"`
	Round    int       `json:"round"`
	Rung     int       `json:"rung"`
	Role     string    `json:"role"`
	Contact  string    `json:"contact"`
	Name     string    `json:"name"`
	Channel  string    `json:"channel"`
	Address  string    `json:"address,omitempty"`
	Reason   string    `json:"reason"`
	OnCall   string    `json:"on_call,omitempty"` // all, rotation, calendar, override or instead
	Until    time.Time `json:"on_call_until,omitzero"`
	Override int64     `json:"override,omitempty"`
}

func (f forecastView) json() forecastJSON {
	inc := f.Incident
	forecast := forecastJSON{At: f.at, Title: inc.Title, Severity: inc.Severity.String(), Role: string(inc.Role)}
	for _, part := range f.Parts {
		p := partJSON{Supposed: string(part.Scenario), ActedAt: f.local(part.ActedAt), Pages: []pageJSON{}, RepeatsAt: f.local(part.RepeatsAt)}
		if part.Actor != "" {
			p.Actor = f.nameOf(part.Actor)
		}
		for _, page := range part.Pages {
			p.Pages = append(p.Pages, f.pageJSON(page))
		}
		forecast.Parts = append(forecast.Parts, p)
	}
	return forecast
}

func (f forecastView) pageJSON(p incident.Page) pageJSON {
	page := pageJSON{
		At: f.local(p.IntendedAt), Stage: string(p.Stage), Round: p.Repeat + 1, Rung: p.Step + 1, Role: string(p.Role), Contact: p.Contact,
		Name: f.person(p), Channel: string(p.Via), Address: p.Address, Reason: string(p.Reason),
	}
	if strings.HasPrefix(p.Address, unknownUser) {
		page.Address = ""
	}
	if p.Role != oncall.Owner && p.Role != oncall.Everyone {
		duty := f.directory.Duty(p.Role, p.IntendedAt)
		page.OnCall, page.Until, page.Override = string(duty.Reason), f.local(duty.Until), duty.Override.Number
	}
	return page
}
