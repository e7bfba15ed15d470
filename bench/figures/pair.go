package figures

import (
	"context"
	"errors"

	"opsbot/bench/report"
	"opsbot/slacksim"
)

// outcome is what a load did to one contender.
type outcome map[string]float64

// each runs the same load on opsbot and on Alertmanager, one after the other, each started anew.
func each(ctx context.Context, s *Suite, limit slacksim.RateLimit, load func(context.Context, *contender) (outcome, error)) (opsbot, peer outcome, err error) {
	opsbot, err = against(ctx, load, func() (*contender, error) { return startOpsbot(ctx, s, limit, "") })
	if err != nil {
		return nil, nil, err
	}
	peer, err = against(ctx, load, func() (*contender, error) { return startAlertmanager(ctx, s, limit) })
	return opsbot, peer, err
}

func against(ctx context.Context, load func(context.Context, *contender) (outcome, error), start func() (*contender, error)) (_ outcome, err error) {
	c, err := start()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return load(ctx, c)
}

// compare makes rows of what both did.
func compare(opsbot, peer outcome, rows ...report.Sample) []report.Sample {
	for i := range rows {
		rows[i].Opsbot, rows[i].Peer, rows[i].Against = opsbot[rows[i].Key], peer[rows[i].Key], "Alertmanager"
	}
	return rows
}
