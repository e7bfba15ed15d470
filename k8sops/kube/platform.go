package kube

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"opsbot/k8sops"
	"opsbot/runs"
)

// Platform is what operations know of the platform that they look after, beyond what the calling person's client sees.
type Platform struct {
	Database Database
	Cache    Cache
	Care     Care
	// LastBackup says how many backups of the database there are, and when the newest one that is verified was made; nil
	// where no storage is configured.
	LastBackup func(ctx context.Context, cluster, namespace string) (count int, verified time.Time, err error)
	// Certificates are the names of the TLS secrets whose ends are watched; without any, all are, where the person may list secrets.
	Certificates []string
	// Dial reaches what the platform serves, from where opsbot runs; nil is the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// BackendSelector is what "all" means (handbook: tier=backend).
	BackendSelector string
	Thresholds      Thresholds
	// RolloutTimeout is how long a change may take to be proven, Poll the time between two looks at it.
	RolloutTimeout time.Duration
	Poll           time.Duration
	Now            func() time.Time
	// Schedules keeps what is planned for later; nil where operations are only described.
	Schedules Schedules
	// Zone is the time zone in which a person reads clocks; nil is UTC.
	Zone func(ctx context.Context, slackUser string) *time.Location
}

// Schedules keeps calls that are planned for later. Somebody else makes them.
type Schedules interface {
	// AddSchedule gives the schedule its number. One that the same call has planned already is returned instead.
	AddSchedule(ctx context.Context, s runs.Schedule) (runs.Schedule, error)
	// Schedule is runs.ErrNotFound where there is none of that number.
	Schedule(ctx context.Context, number int64) (runs.Schedule, error)
	// Schedules are those of which something is to come, the next first.
	Schedules(ctx context.Context) ([]runs.Schedule, error)
	// CancelSchedule is runs.ErrNotFound where nothing of the schedule is to come.
	CancelSchedule(ctx context.Context, number int64, by string, at time.Time) error
}

// NewSchedule is a call that is planned by another one, at a moment, with where it is told of. When and what it does is the caller's.
func NewSchedule(call *k8sops.Call, at time.Time) runs.Schedule {
	from := call.Source
	return runs.Schedule{
		Plan: call.ID, User: from.User, Channel: from.Channel, ThreadTS: from.ThreadTS, Incident: from.Incident,
		Cluster: call.Cluster, Namespace: call.Namespace, State: runs.Active, CreatedAt: at.UTC(),
	}
}

// ZoneOf is the time zone in which the calling person reads clocks.
func (p Platform) ZoneOf(ctx context.Context, slackUser string) *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone(ctx, slackUser)
}

// Database says where the platform's PostgreSQL runs. The call's namespace applies where Namespace is "".
type Database struct {
	Namespace string
	// Workload runs it: a name, or KIND/NAME.
	Workload string
	// Selector selects the pod of the primary, where the workload does not say it: "cnpg.io/cluster=main,cnpg.io/instanceRole=primary".
	Selector string
	// Container of the pod; "" where the pod's annotation or its containers tell.
	Container string
	// ConfigMap has the settings with which the platform is built anew; "" for none.
	ConfigMap string
	Name      string
	User      string
}

// Cache says where the platform's Redis runs.
type Cache struct {
	// Workload runs it: a name, or KIND/NAME; "" where there is none.
	Workload string
	// Secret has its password; "" where it asks for none.
	Secret string
}

// Is reports whether a workload is the cache.
func (c Cache) Is(w Workload) bool { return c.Workload != "" && names(c.Workload, w) }

// Thresholds are the handbook's key metrics (关键监控指标) and when it says to scale out (何时扩容), in percent where nothing else is said.
type Thresholds struct {
	CPU, Memory       int
	DiskWarn, DiskBad int
	// Latency is for the 95th percentile of response times, Errors for the failed requests, Backlog for messages that wait: the handbook gives
	// no number for them, so that one is ours.
	Latency time.Duration
	Errors  float64
	Backlog int
}

// Handbook has the handbook's figures.
func Handbook() Platform {
	return Platform{
		Database:        Database{Workload: "postgres", ConfigMap: "postgres-config", Name: "ecommerce", User: "postgres"},
		Cache:           Cache{Workload: "redis", Secret: "redis-secret"},
		Care:            Care{ProtectData: true, DefaultMinReplicas: 2, ManyDown: 3},
		BackendSelector: "tier=backend",
		Thresholds:      Thresholds{CPU: 70, Memory: 80, DiskWarn: 85, DiskBad: 90, Latency: 500 * time.Millisecond, Errors: 2, Backlog: 1000},
		RolloutTimeout:  5 * time.Minute,
		Poll:            time.Second,
		Now:             time.Now,
	}
}

// Validate reports everything that is missing or makes no sense.
func (p Platform) Validate() error {
	var problems []error
	if p.Now == nil {
		problems = append(problems, errors.New("no clock"))
	}
	if p.Poll <= 0 || p.RolloutTimeout <= 0 {
		problems = append(problems, errors.New("poll interval and rollout timeout must be positive"))
	}
	if _, err := parseSelector(p.BackendSelector); err != nil {
		problems = append(problems, err)
	}
	if _, err := labels.Parse(p.Database.Selector); err != nil {
		problems = append(problems, fmt.Errorf("database selector %q: %w", p.Database.Selector, err))
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("operation catalogue: %w", err)
	}
	return nil
}
