package k8sops

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Deps is what operations need beyond the client of the calling person.
type Deps struct {
	// Backups keeps database backups; nil means that no storage is configured, and the backup operations say so.
	Backups  BackupStore
	Database Database
	// Retention is how long a backup is kept; the newest verified one is kept for ever.
	Retention time.Duration
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
}

// Database says where the platform's PostgreSQL runs. The call's namespace applies where Namespace is "".
type Database struct {
	Namespace  string
	Deployment string
	Name       string
	User       string
}

// Thresholds are the handbook's key metrics (关键监控指标), in percent.
type Thresholds struct {
	CPU, Memory       int
	DiskWarn, DiskBad int
}

// DefaultDeps are the handbook's figures; Backups stays nil.
func DefaultDeps() Deps {
	return Deps{
		Database:           Database{Deployment: "postgres", Name: "ecommerce", User: "postgres"},
		Retention:          7 * 24 * time.Hour,
		Protected:          []string{"postgres", "redis"},
		BackendSelector:    "tier=backend",
		DefaultMinReplicas: 2,
		Thresholds:         Thresholds{CPU: 70, Memory: 80, DiskWarn: 85, DiskBad: 90},
		RolloutTimeout:     5 * time.Minute,
		Poll:               time.Second,
		Now:                time.Now,
	}
}

// Catalog is every operation, sorted by name: those on Kubernetes, and more that the caller adds (on incidents). A
// duplicate name or a faulty declaration is an error.
func Catalog(d Deps, more ...Operation) ([]Operation, error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	help := &opsHelp{}
	ops := []Operation{
		backupDatabaseOperation(d),
		backupsOperation(d),
		deployOperation(d),
		eventsOperation(),
		healthOperation(d),
		logsOperation(d),
		help.operation(),
		whoamiOperation(help),
		rollbackOperation(d),
		rolloutHistoryOperation(d),
		rolloutRestartOperation(d),
		rolloutStatusOperation(d),
		scaleOperation(d),
		statusOperation(d),
		topOperation(d),
	}
	ops = append(ops, more...)
	slices.SortFunc(ops, func(a, b Operation) int { return strings.Compare(a.Name, b.Name) })
	help.catalog = ops
	return ops, checkCatalog(ops)
}

func (d Deps) validate() error {
	var problems []error
	if d.Now == nil {
		problems = append(problems, errors.New("no clock"))
	}
	if d.Poll <= 0 || d.RolloutTimeout <= 0 {
		problems = append(problems, errors.New("poll interval and rollout timeout must be positive"))
	}
	if _, err := parseSelector(d.BackendSelector); err != nil {
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("operation catalogue: %w", err)
	}
	return nil
}

func checkCatalog(ops []Operation) error {
	var problems []error
	owner := map[string]string{}
	for _, op := range ops {
		for _, name := range append([]string{op.Name}, op.Aliases...) {
			if other, taken := owner[name]; taken {
				problems = append(problems, fmt.Errorf("operation %q: the name %q is taken by %q", op.Name, name, other))
			}
			owner[name] = op.Name
		}
		problems = append(problems, op.check()...)
		first, _, _ := strings.Cut(op.Name, " ")
		if _, described := familySummary(first); !described && familyOf(ops, word{text: first}) != nil {
			problems = append(problems, fmt.Errorf("operation %q: the family %q has no summary", op.Name, first))
		}
	}
	return errors.Join(problems...)
}

func (op Operation) check() (problems []error) {
	if op.Run == nil {
		problems = append(problems, fmt.Errorf("operation %q: no Run", op.Name))
	}
	if op.Danger != Read && (op.Plan == nil || op.Verify == nil) {
		problems = append(problems, fmt.Errorf("operation %q: a change needs Plan and Verify", op.Name))
	}
	if len(op.Owners) == 0 {
		problems = append(problems, fmt.Errorf("operation %q: no owner", op.Name))
	}
	seen := map[string]bool{}
	for _, a := range op.Args {
		if seen[a.Name] {
			problems = append(problems, fmt.Errorf("operation %q: argument %q declared twice", op.Name, a.Name))
		}
		seen[a.Name] = true
		if a.Default == "" {
			continue
		}
		if canonical, problem := a.parse(a.Default); problem != nil || canonical != a.Default {
			problems = append(problems, fmt.Errorf("operation %q: argument %q: default %q is not canonical", op.Name, a.Name, a.Default))
		}
	}
	return problems
}

func (d Deps) minReplicas(workload string) int {
	if n, ok := d.MinReplicas[workload]; ok {
		return n
	}
	return d.DefaultMinReplicas
}
