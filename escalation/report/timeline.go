package report

import "opsbot/escalation/incident"

// Timeline is everything stored of one incident; Report puts it in order.
type Timeline struct {
	Incident incident.Incident
	Entries  []incident.Entry
	Pages    []incident.Page
}
