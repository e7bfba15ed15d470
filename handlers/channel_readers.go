package handlers

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// ChannelReaders decides what a channel may read. Nobody knows a channel's members for long, so its right is that of the least of opsbot's
// people: Viewer. An answer that Viewer may not read goes to the person who asked, unless the channel is trusted. Changes are shown where they
// are made: others must see them, and may have to approve or stop them.
type ChannelReaders struct {
	// Viewer is whom the API server is asked about.
	Viewer k8sops.Identity
	// IsTrusted tells of a channel whose members may read whatever anybody asks for there.
	IsTrusted func(ctx context.Context, channel string) bool

	mu    sync.Mutex
	known map[string]readVerdict
}

// readVerdict is what the API server said of an operation.
type readVerdict struct {
	refused error // nil: a viewer may read it
	at      time.Time
}

// verdictTTL bounds how long a verdict is used.
const verdictTTL = time.Minute

// whyWithheld is why the answer of a call is not for its channel; zero where the channel may read it.
func (d *Dispatcher) whyWithheld(ctx context.Context, r calls.Record) messages.Text {
	if d.Readers == nil || r.Source.IsDirect() {
		return messages.Text{}
	}
	op, err := k8sops.Find(d.Catalog, r.Operation)
	if err != nil || op.Answer == nil || len(op.Access) == 0 || op.Private || d.Readers.IsTrusted(ctx, r.Source.Channel) {
		return messages.Text{}
	}
	switch err := d.mayChannelRead(ctx, op, r); {
	case err == nil:
		return messages.Text{}
	case k8sops.CodeOf(err) == k8sops.CodeForbidden:
		return messages.New("call.withheld", "channel", messages.Channel(r.Source.Channel), "group", messages.Code(k8sops.ViewerGroup))
	default:
		d.Log.Warn("not known whether a channel may read an answer", zap.String("call", r.ID), zap.Error(err))
		return messages.New("call.withheld_unknown", "channel", messages.Channel(r.Source.Channel))
	}
}

// mayChannelRead is nil where a viewer may do all that the operation does.
func (d *Dispatcher) mayChannelRead(ctx context.Context, op *k8sops.Operation, r calls.Record) error {
	key, now := r.Cluster+"/"+r.Namespace+"/"+op.Name, d.Now()
	if known, ok := d.Readers.verdict(key, now); ok {
		return known.refused
	}
	cluster, err := d.Clusters.Find(r.Cluster)
	if err != nil {
		return err
	}
	client, err := cluster.As(d.Readers.Viewer)
	if err != nil {
		return err
	}
	err = k8sops.Preflight(ctx, client, r.Namespace, *op)
	if err == nil || k8sops.CodeOf(err) == k8sops.CodeForbidden {
		d.Readers.remember(key, readVerdict{refused: err, at: now})
	}
	return err
}

func (c *ChannelReaders) verdict(key string, now time.Time) (readVerdict, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.known[key]
	return v, ok && now.Sub(v.at) < verdictTTL
}

func (c *ChannelReaders) remember(key string, v readVerdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]readVerdict{}
	}
	c.known[key] = v
}
