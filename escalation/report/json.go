package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/oncall"
	"opsbot/messages"
)

// reportFormat names the shape of the JSON export (docs/postmortem.md). Fields may be added to it; a change of what is
// there needs another number.
const reportFormat = "opsbot.incident/1"

type reportJSON struct {
	Format   string       `json:"format"`
	Language string       `json:"language"` // of every text
	Incident incidentJSON `json:"incident"`
	Phases   []phaseJSON  `json:"phases"`
	Alerts   []alertJSON  `json:"alerts"`
	// LeftOut is how many alerts of the last delivery Alertmanager did not name.
	LeftOut int         `json:"alerts_left_out,omitempty"`
	Events  []eventJSON `json:"events"`
	Pages   []pageJSON  `json:"pages"`
	// FollowUps are what is to be done after the incident.
	FollowUps []followUpJSON `json:"follow_ups"`
}

type followUpJSON struct {
	Number int         `json:"number"`
	Text   string      `json:"text"`
	Owner  *personJSON `json:"owner"`
	DueAt  time.Time   `json:"due_at,omitzero"`
	DoneAt time.Time   `json:"done_at,omitzero"`
	DoneBy *personJSON `json:"done_by,omitempty"`
}

type incidentJSON struct {
	Number      int64             `json:"number"`
	Label       string            `json:"label"`
	Title       string            `json:"title"`
	Severity    string            `json:"severity"`
	Status      incident.Status   `json:"status"`
	Stage       incident.Stage    `json:"stage"`
	Role        oncall.Role       `json:"role"`
	Owner       *personJSON       `json:"owner,omitempty"`
	Affected    string            `json:"affected,omitempty"`
	Groups      int               `json:"groups,omitempty"` // of a storm
	Labels      map[string]string `json:"labels,omitempty"`
	OpenedAt    time.Time         `json:"opened_at"`
	ReopenedAt  time.Time         `json:"reopened_at,omitzero"`
	AckedAt     time.Time         `json:"acknowledged_at,omitzero"`
	DiagnosedAt time.Time         `json:"diagnosed_at,omitzero"`
	ResolvedAt  time.Time         `json:"resolved_at,omitzero"`
	ClosedAt    time.Time         `json:"closed_at,omitzero"`
}

type personJSON struct {
	ID   string `json:"id"` // in Slack
	Name string `json:"name"`
}

type phaseJSON struct {
	Name    PhaseName `json:"name"`
	At      time.Time `json:"reached_at,omitzero"`
	Seconds *float64  `json:"seconds"` // since the opening; null where it was not reached
}

type alertJSON struct {
	Fingerprint string            `json:"fingerprint"`
	Name        string            `json:"name"`
	Severity    string            `json:"severity"`
	Firing      bool              `json:"firing"`
	StartsAt    time.Time         `json:"starts_at"`
	EndsAt      time.Time         `json:"ends_at,omitzero"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type eventJSON struct {
	At      time.Time          `json:"at"`
	Seconds float64            `json:"seconds"` // since the opening; negative for a message older than that
	Kind    incident.EntryKind `json:"kind"`
	Actor   *personJSON        `json:"actor,omitempty"`
	Text    string             `json:"text"`
}

type pageJSON struct {
	ID          string             `json:"id"`
	Contact     string             `json:"contact"`
	Name        string             `json:"name"`
	Role        oncall.Role        `json:"role"`
	Via         oncall.Via         `json:"via"`
	Stage       incident.Stage     `json:"stage"`
	Reason      incident.Reason    `json:"reason"`
	State       incident.PageState `json:"state"`
	IntendedAt  time.Time          `json:"intended_at"`
	AttemptedAt time.Time          `json:"attempted_at,omitzero"`
	ReceiptAt   time.Time          `json:"received_at,omitzero"`
	AckedAt     time.Time          `json:"acknowledged_at,omitzero"`
	AckedBy     *personJSON        `json:"acknowledged_by,omitempty"`
	// Receipt is the provider's name for what it took.
	Receipt string `json:"receipt,omitempty"`
	Error   string `json:"error,omitempty"`
}

// JSON is the report for programs: times are RFC 3339 in UTC, durations seconds. The printer's format must be messages.Plain,
// or that with names.
func (r Report) JSON(p *messages.Printer) ([]byte, error) {
	j := reportJSON{
		Format: reportFormat, Language: p.Locale(), Incident: r.incidentJSON(p), LeftOut: r.Incident.Truncated,
		Phases: []phaseJSON{}, Alerts: []alertJSON{}, Events: []eventJSON{}, Pages: []pageJSON{}, FollowUps: []followUpJSON{},
	}
	for _, phase := range r.Phases {
		j.Phases = append(j.Phases, phase.json())
	}
	for _, a := range r.Alerts {
		j.Alerts = append(j.Alerts, alertToJSON(a))
	}
	for _, e := range r.Events {
		j.Events = append(j.Events, eventJSON{
			At: e.At.UTC(), Seconds: e.At.Sub(r.Incident.OpenedAt).Seconds(), Kind: e.Kind, Actor: personOf(p, e.Actor), Text: p.Text(e.Text),
		})
	}
	for _, row := range r.Ledger {
		j.Pages = append(j.Pages, row.json(p))
	}
	for _, f := range r.Incident.FollowUps {
		j.FollowUps = append(j.FollowUps, followUpJSON{
			Number: f.Number, Text: f.Text, Owner: personOf(p, f.Owner), DueAt: f.DueAt.UTC(), DoneAt: f.DoneAt.UTC(), DoneBy: personOf(p, f.DoneBy),
		})
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(j); err != nil {
		return nil, fmt.Errorf("encode report of %s: %w", incident.Label(r.Incident.Number), err)
	}
	return out.Bytes(), nil
}

func (r Report) incidentJSON(p *messages.Printer) incidentJSON {
	inc := r.Incident
	return incidentJSON{
		Number: inc.Number, Label: incident.Label(inc.Number), Title: inc.Title, Severity: inc.Severity.String(), Status: inc.Status, Stage: inc.Stage,
		Role: inc.Role, Owner: personOf(p, inc.Owner), Affected: incident.Affected(r.Alerts), Groups: inc.Groups, Labels: inc.Labels,
		OpenedAt: inc.OpenedAt.UTC(), ReopenedAt: inc.ReopenedAt.UTC(), AckedAt: inc.AckedAt.UTC(), DiagnosedAt: inc.DiagnosedAt.UTC(),
		ResolvedAt: inc.ResolvedAt.UTC(), ClosedAt: inc.ClosedAt.UTC(),
	}
}

func (p Phase) json() phaseJSON {
	j := phaseJSON{Name: p.Name, At: p.At.UTC()}
	if !p.At.IsZero() {
		seconds := p.Took.Seconds()
		j.Seconds = &seconds
	}
	return j
}

func alertToJSON(a incident.Alert) alertJSON {
	return alertJSON{
		Fingerprint: a.Fingerprint, Name: a.Name(), Severity: a.Severity().String(), Firing: a.Firing, StartsAt: a.StartsAt.UTC(), EndsAt: a.EndsAt.UTC(),
		Labels: a.Labels, Annotations: a.Annotations,
	}
}

func (row LedgerRow) json(p *messages.Printer) pageJSON {
	return pageJSON{
		ID: row.ID, Contact: row.Contact, Name: row.Name, Role: row.Role, Via: row.Via, Stage: row.Stage, Reason: row.Reason, State: row.Page.State,
		IntendedAt: row.IntendedAt.UTC(), AttemptedAt: row.AttemptedAt.UTC(), ReceiptAt: row.ReceiptAt.UTC(), AckedAt: row.AckedAt.UTC(),
		AckedBy: personOf(p, row.AckedBy), Receipt: row.Receipt, Error: row.Error,
	}
}

// personOf is nil where nobody did it.
func personOf(p *messages.Printer, user string) *personJSON {
	if user == "" {
		return nil
	}
	return &personJSON{ID: user, Name: p.Text(messages.New("escalation.mention", "user", messages.User(user)))}
}
