package engine

import (
	"context"

	"opsbot/escalation/incident"
)

// parcel is what a batch brings for one incident as far as the alerts tell: for the incident in which they fire already,
// or for that of their group.
type parcel struct {
	home       int64 // 0: see the group's key
	deliveries incident.Deliveries
}

// packer makes parcels of a batch. An alert that fires in an open incident belongs there until it ends, whatever group it
// comes in: after an edit of group_by it must not open a second incident. Every other alert goes by its group.
type packer struct {
	byAlert map[string]*parcel
	byHome  map[int64]*parcel
	byKey   map[string]*parcel
	parcels []*parcel // in the order of their first reports
}

// pack divides deliveries, in their order, into parcels.
func (s *Service) pack(ctx context.Context, deliveries []incident.Notification) ([]*parcel, error) {
	homes, err := s.Alerts.Homes(ctx, fingerprints(deliveries))
	if err != nil {
		return nil, err
	}
	p := packer{byAlert: map[string]*parcel{}, byHome: map[int64]*parcel{}, byKey: map[string]*parcel{}}
	for fingerprint, number := range homes {
		if p.byHome[number] == nil {
			p.byHome[number] = &parcel{home: number}
		}
		p.byAlert[fingerprint] = p.byHome[number]
	}
	for _, n := range deliveries {
		p.take(n)
	}
	return p.parcels, nil
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

// take packs one delivery. Almost always it goes to one incident as a whole.
func (p *packer) take(n incident.Notification) {
	var order []*parcel
	alerts := map[*parcel][]incident.Alert{}
	for _, a := range n.Alerts {
		to := p.parcelOf(a, n.GroupKey)
		if _, ok := alerts[to]; !ok {
			order = append(order, to)
		}
		alerts[to] = append(alerts[to], a)
	}
	if len(order) == 0 { // only its row of the journal is to be finished
		order = append(order, p.group(n.GroupKey))
	}
	for _, to := range order {
		n.Alerts = alerts[to]
		p.put(to, n)
		n.JournalID = 0 // one change finishes the row; all changes of a batch are one transaction
	}
}

// parcelOf is where a report goes. What fires in this batch has its place from then on.
func (p *packer) parcelOf(a incident.Alert, groupKey string) *parcel {
	if to, ok := p.byAlert[a.Fingerprint]; ok {
		return to
	}
	to := p.group(groupKey)
	if a.Firing {
		p.byAlert[a.Fingerprint] = to
	}
	return to
}

func (p *packer) group(key string) *parcel {
	to, ok := p.byKey[key]
	if !ok {
		to = &parcel{}
		p.byKey[key] = to
	}
	return to
}

func (p *packer) put(to *parcel, n incident.Notification) {
	if len(to.deliveries) == 0 {
		p.parcels = append(p.parcels, to)
	}
	to.deliveries = append(to.deliveries, n)
}
