package kube

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"opsbot/runs"
)

// Platform is what operations know of the platform that they look after, beyond what the calling person's client sees.
type Platform struct {
	Database Database
	// LastBackup says how many backups of the database there are, and when the newest one that is verified was made; nil
	// where no storage is configured.
	LastBackup func(ctx context.Context, cluster, namespace string) (count int, verified time.Time, err error)
	// Protected are workloads whose every change needs a second person.
	Protected []string
	// BackendSelector is what "all" means (handbook: tier=backend).
	BackendSelector string
	// MinReplicas is the count below which scaling needs a confirmation, by workload; DefaultMinReplicas is for the others.
	MinReplicas        map[string]int
	DefaultMinReplicas int
	Thresholds         Thresholds
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
	Name      string
	User      string
}

// Thresholds are the handbook's key metrics (关键监控指标), in percent.
type Thresholds struct {
	CPU, Memory       int
	DiskWarn, DiskBad int
}

// Handbook has the handbook's figures.
func Handbook() Platform {
	return Platform{
		Database:           Database{Workload: "postgres", Name: "ecommerce", User: "postgres"},
		Protected:          []string{"postgres", "redis"},
		BackendSelector:    "tier=backend",
		DefaultMinReplicas: 2,
		Thresholds:         Thresholds{CPU: 70, Memory: 80, DiskWarn: 85, DiskBad: 90},
		RolloutTimeout:     5 * time.Minute,
		Poll:               time.Second,
		Now:                time.Now,
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

// LeastReplicas is the count below which scaling a workload needs a confirmation.
func (p Platform) LeastReplicas(workload string) int {
	if n, ok := p.MinReplicas[workload]; ok {
		return n
	}
	return p.DefaultMinReplicas
}
