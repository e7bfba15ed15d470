package figures

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"opsbot/internal/lab"
)

// delivery is one alert that was handed over.
type delivery struct {
	alert
	sent time.Time
	took time.Duration // until it was acknowledged
}

// steady hands over one alert every interval, whether the one before was acknowledged or not.
func steady(ctx context.Context, c *contender, alerts []alert, interval time.Duration) ([]delivery, error) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	loads := newDeliveries(ctx, c)
	for _, a := range alerts {
		loads.senders.Go(func() error { return loads.deliver(a) })
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return loads.wait()
}

// flood hands over all alerts as fast as so many senders can, each waiting for its acknowledgement.
func flood(ctx context.Context, c *contender, alerts []alert, senders int) ([]delivery, error) {
	work := make(chan alert, len(alerts))
	for _, a := range alerts {
		work <- a
	}
	close(work)
	loads := newDeliveries(ctx, c)
	for range senders {
		loads.senders.Go(func() error {
			var problems []error
			for a := range work {
				problems = append(problems, loads.deliver(a))
			}
			return errors.Join(problems...)
		})
	}
	return loads.wait()
}

// deliveries collects what several senders do.
type deliveries struct {
	ctx       context.Context
	contender *contender
	senders   lab.Group

	mu   sync.Mutex
	done []delivery
}

func newDeliveries(ctx context.Context, c *contender) *deliveries {
	return &deliveries{ctx: ctx, contender: c}
}

func (d *deliveries) deliver(a alert) error {
	a.started = time.Now()
	sent := time.Now()
	err := d.contender.post(d.ctx, a)
	took := time.Since(sent)
	if err != nil {
		return fmt.Errorf("hand over %s: %w", a.name, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = append(d.done, delivery{a, sent, took})
	return nil
}

func (d *deliveries) wait() ([]delivery, error) {
	err := d.senders.Wait()
	return d.done, err
}

func latencies(done []delivery) []time.Duration {
	var all []time.Duration
	for _, d := range done {
		all = append(all, d.took)
	}
	return all
}
