package report

import (
	"time"

	"opsbot/escalation/incident"
	"opsbot/escalation/internal/times"
	"opsbot/messages"
)

// PhaseName names a phase of the response, counted from the incident's opening. It is part of the JSON export.
type PhaseName string

// The phases, in the order in which they should end.
const (
	PhasePaged        PhaseName = "paged"        // until a provider accepted the first page
	PhaseAcknowledged PhaseName = "acknowledged" // until somebody owned it
	PhaseDiagnosed    PhaseName = "diagnosed"    // until the cause was known
	PhaseResolved     PhaseName = "resolved"     // until the last alert was over, or a person said so
)

// Phase is how long it took until something was reached. At is zero if it has not been reached.
type Phase struct {
	Name PhaseName
	At   time.Time
	Took time.Duration
}

// phasesOf are the figures of the response procedure (handbook: 告警响应流程).
func phasesOf(inc incident.Incident, pages []incident.Page) []Phase {
	until := func(name PhaseName, at time.Time) Phase {
		if at.IsZero() {
			return Phase{Name: name}
		}
		return Phase{Name: name, At: at, Took: max(0, at.Sub(inc.OpenedAt))}
	}
	return []Phase{
		until(PhasePaged, firstReceipt(pages)), until(PhaseAcknowledged, inc.AckedAt),
		until(PhaseDiagnosed, inc.DiagnosedAt), until(PhaseResolved, inc.ResolvedAt),
	}
}

func firstReceipt(pages []incident.Page) time.Time {
	var first time.Time
	for _, p := range pages {
		first = times.Earliest(first, p.ReceiptAt)
	}
	return first
}

// Text is the phase in words.
func (n PhaseName) Text() messages.Text {
	switch n {
	case PhasePaged:
		return messages.New("escalation.timeline.to_page")
	case PhaseAcknowledged:
		return messages.New("escalation.timeline.to_ack")
	case PhaseDiagnosed:
		return messages.New("escalation.timeline.to_diagnose")
	default:
		return messages.New("escalation.timeline.to_resolve")
	}
}

func (p Phase) tookText() messages.Text {
	if p.At.IsZero() {
		return messages.New("escalation.timeline.not_yet")
	}
	took := p.Took
	if took > time.Second {
		took = took.Round(time.Second)
	}
	return messages.New("escalation.timeline.took", "took", took)
}
