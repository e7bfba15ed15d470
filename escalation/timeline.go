package escalation

// Timeline is everything stored of one incident; Report puts it in order.
type Timeline struct {
	Incident Incident
	Entries  []Entry
	Pages    []Page
}
