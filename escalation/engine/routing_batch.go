package engine

import (
	"context"

	"opsbot/escalation/incident"
)

// incidentBatch is deliveries for one incident: the one in which their alerts already fire, or that of their group.
type incidentBatch struct {
	incident   int64 // 0: see the group's key
	deliveries incident.Deliveries
}

// batcher divides deliveries by incident. An alert that fires in an open incident stays there until it ends, whatever its
// group: after an edit of group_by it must not open a second incident. Every other alert goes to the incident of its group.
type batcher struct {
	byAlert    map[string]*incidentBatch
	byIncident map[int64]*incidentBatch
	byKey      map[string]*incidentBatch
	batches    []*incidentBatch // in the order of their first reports
}

// groupByIncident divides deliveries, in their order, into batches.
func (s *Service) groupByIncident(ctx context.Context, deliveries []incident.Notification) ([]*incidentBatch, error) {
	open, err := s.Alerts.IncidentsByFingerprint(ctx, fingerprints(deliveries))
	if err != nil {
		return nil, err
	}
	p := batcher{byAlert: map[string]*incidentBatch{}, byIncident: map[int64]*incidentBatch{}, byKey: map[string]*incidentBatch{}}
	for fingerprint, number := range open {
		if p.byIncident[number] == nil {
			p.byIncident[number] = &incidentBatch{incident: number}
		}
		p.byAlert[fingerprint] = p.byIncident[number]
	}
	for _, n := range deliveries {
		p.add(n)
	}
	return p.batches, nil
}

func fingerprints(deliveries []incident.Notification) []string {
	var list []string
	seen := map[string]bool{}
	for _, n := range deliveries {
		for _, a := range n.Alerts {
			if !seen[a.Fingerprint] {
				seen[a.Fingerprint] = true
				list = append(list, a.Fingerprint)
			}
		}
	}
	return list
}

// add adds one delivery. Almost always it goes to one incident as a whole.
func (p *batcher) add(n incident.Notification) {
	var order []*incidentBatch
	alerts := map[*incidentBatch][]incident.Alert{}
	for _, a := range n.Alerts {
		to := p.batchFor(a, n.GroupKey)
		if _, ok := alerts[to]; !ok {
			order = append(order, to)
		}
		alerts[to] = append(alerts[to], a)
	}
	if len(order) == 0 { // it has no alerts, but its journal row must be finished
		order = append(order, p.group(n.GroupKey))
	}
	for _, to := range order {
		n.Alerts = alerts[to]
		p.put(to, n)
		n.JournalID = 0 // one change finishes the row; all changes of a batch are one transaction
	}
}

// batchFor is where a reported alert goes. Once it fires in a batch, its later reports go there too.
func (p *batcher) batchFor(a incident.Alert, groupKey string) *incidentBatch {
	if to, ok := p.byAlert[a.Fingerprint]; ok {
		return to
	}
	to := p.group(groupKey)
	if a.Firing {
		p.byAlert[a.Fingerprint] = to
	}
	return to
}

func (p *batcher) group(key string) *incidentBatch {
	to, ok := p.byKey[key]
	if !ok {
		to = &incidentBatch{}
		p.byKey[key] = to
	}
	return to
}

func (p *batcher) put(to *incidentBatch, n incident.Notification) {
	if len(to.deliveries) == 0 {
		p.batches = append(p.batches, to)
	}
	to.deliveries = append(to.deliveries, n)
}
