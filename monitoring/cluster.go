package monitoring

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// SettleTime is how long an Alertmanager that has started may not have heard of all alerts yet: it does not keep them, and
// Prometheus sends them again every minute, or with each evaluation where that takes longer.
const SettleTime = 5 * time.Minute

// lookLimit bounds the answer of one member.
const lookLimit = 20 * time.Second

// Cluster is all Alertmanagers whose webhooks come to opsbot, members of one cluster or not.
type Cluster struct {
	members  []*member
	receiver *regexp.Regexp
	settle   time.Duration
	now      func() time.Time
	log      *zap.Logger
}

// member remembers what tells a restart.
type member struct {
	*Alertmanager
	started   time.Time // by its own clock
	restarted time.Time // by ours, when started was seen to change
}

// ClusterConfig says what to ask. Everything is required.
type ClusterConfig struct {
	URLs []string
	// Receiver matches the whole names of the receivers that are opsbot's.
	Receiver string
	// Settle is SettleTime but in tests.
	Settle time.Duration
	Now    func() time.Time
	Log    *zap.Logger
}

// NewCluster connects to nothing yet.
func NewCluster(c ClusterConfig) (*Cluster, error) {
	receiver, err := regexp.Compile("^(?:" + c.Receiver + ")$")
	if err != nil {
		return nil, fmt.Errorf("receiver: %w", err)
	}
	cluster := &Cluster{receiver: receiver, settle: c.Settle, now: c.Now, log: c.Log}
	for _, address := range c.URLs {
		a, err := NewAlertmanager(address)
		if err != nil {
			return nil, err
		}
		cluster.members = append(cluster.members, &member{Alertmanager: a})
	}
	return cluster, nil
}

// View is what the members hold together.
type View struct {
	At time.Time // when they were asked
	// Groups are the active alerts of opsbot's receivers; members that hold the same group are one.
	Groups []Group
	// Held are the fingerprints of all alerts, whoever is told of them, or nobody.
	Held map[string]bool
	// Complete: every member answered, and none has started within the settle time.
	Complete bool
}

// Look asks all members. It fails when none can be relied on.
func (c *Cluster) Look(ctx context.Context) (View, error) {
	view := View{At: c.now(), Held: map[string]bool{}, Complete: true}
	answers := make([][]Group, len(c.members))
	problems := make([]error, len(c.members))
	var asking sync.WaitGroup
	for i, m := range c.members {
		asking.Go(func() { answers[i], problems[i] = c.ask(ctx, m) })
	}
	asking.Wait()
	merged := map[string]int{}
	for i, m := range c.members {
		if problems[i] != nil {
			view.Complete = false
			c.log.Warn("Alertmanager not compared", zap.String("url", m.name), zap.Error(problems[i]))
			continue
		}
		view.Complete = view.Complete && m.isSettled(c.now(), c.settle)
		for _, g := range answers[i] {
			view.add(g, c.receiver.MatchString(g.Receiver), merged)
		}
	}
	if !slices.Contains(problems, nil) {
		return View{}, fmt.Errorf("no Alertmanager can be compared: %w", errors.Join(problems...))
	}
	return view, nil
}

func (c *Cluster) ask(ctx context.Context, m *member) ([]Group, error) {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	status, err := m.Status(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(status.Routing.Receivers, c.receiver.MatchString) {
		return nil, fmt.Errorf("Alertmanager %s has no receiver named %s, only %s", m.name, c.receiver, strings.Join(status.Routing.Receivers, ", "))
	}
	m.note(status.Started, c.now())
	return m.Groups(ctx, status.Routing)
}

// note remembers when the member started. A restart is also dated by our own clock, since the two may differ.
func (m *member) note(started, now time.Time) {
	if !m.started.IsZero() && !m.started.Equal(started) {
		m.restarted = now
	}
	m.started = started
}

func (m *member) isSettled(now time.Time, settle time.Duration) bool {
	return now.Sub(m.started) >= settle && now.Sub(m.restarted) >= settle
}

// add takes in a group of one member; merged are the positions of the groups so far.
func (v *View) add(g Group, isOurs bool, merged map[string]int) {
	var active []Alert
	for _, a := range g.Alerts {
		v.Held[a.Fingerprint] = true
		if isOurs && a.IsActive {
			active = append(active, a)
		}
	}
	if len(active) == 0 {
		return
	}
	key := fmt.Sprintf("%q", g.Labels) // maps are printed in the order of their keys
	i, ok := merged[key]
	if !ok {
		merged[key] = len(v.Groups)
		g.Alerts = active
		v.Groups = append(v.Groups, g)
		return
	}
	known := &v.Groups[i]
	known.Wait, known.Interval = max(known.Wait, g.Wait), max(known.Interval, g.Interval)
	for _, a := range active {
		if !slices.ContainsFunc(known.Alerts, func(b Alert) bool { return a.Fingerprint == b.Fingerprint }) {
			known.Alerts = append(known.Alerts, a)
		}
	}
}
