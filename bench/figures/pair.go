package figures

import (
	"context"
	"errors"
	"fmt"
	"math"

	"opsbot/bench/report"
	"opsbot/slacksim"
)

// outcome is what a load did to one contender.
type outcome map[string]float64

// rival is what it did to a peer.
type rival struct {
	name string
	outcome
}

// each runs the same load on opsbot and on both Alertmanagers, one after the other, each started anew.
func each(ctx context.Context, s *Suite, limit slacksim.RateLimit, load func(context.Context, *contender) (outcome, error)) (outcome, []rival, error) {
	peers, err := s.alertmanagers(ctx)
	if err != nil {
		return nil, nil, err
	}
	opsbot, err := against(ctx, load, func() (*contender, error) { return startOpsbot(ctx, s, limit, "") })
	if err != nil {
		return nil, nil, err
	}
	var rivals []rival
	for _, p := range peers {
		o, err := against(ctx, load, func() (*contender, error) { return startAlertmanager(ctx, s, p, limit) })
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p.name, err)
		}
		rivals = append(rivals, rival{p.name, o})
	}
	return opsbot, rivals, nil
}

func against(ctx context.Context, load func(context.Context, *contender) (outcome, error), start func() (*contender, error)) (_ outcome, err error) {
	c, err := start()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return load(ctx, c)
}

// compare makes rows of what all did: one for each rival, or a single one where there is none.
func compare(opsbot outcome, rivals []rival, rows ...report.Sample) []report.Sample {
	if rivals == nil {
		rivals = []rival{{}}
	}
	var all []report.Sample
	for _, row := range rows {
		row.Opsbot = opsbot[row.Key]
		for _, r := range rivals {
			row.Peer, row.Against = math.NaN(), r.name
			if value, ok := r.outcome[row.Key]; ok {
				row.Peer = value
			}
			all = append(all, row)
		}
	}
	return all
}
