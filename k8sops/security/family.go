package security

import (
	"context"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
)

// Deps are what the operations work with.
type Deps struct {
	kube.Platform
	// Memory keeps what was found before; nil where operations are only described.
	Memory Memory
	// ScanJob is the Job of the configuration that scans images, "" for none.
	ScanJob string
}

// Memory keeps a record for every namespace of every cluster.
type Memory interface {
	// SecurityRecord is the zero Record where nobody has looked yet.
	SecurityRecord(ctx context.Context, cluster, namespace string) (Record, error)
	// UpdateSecurityRecord changes a record. Two changes at once come one after the other.
	UpdateSecurityRecord(ctx context.Context, cluster, namespace string, change func(*Record) error) error
}

// Record is what is remembered of the looks at a namespace.
type Record struct {
	// Since is when each finding of the last look was seen first, by its id.
	Since map[string]time.Time `json:"since,omitempty"`
	// Exceptions are findings that somebody answers for, by their id.
	Exceptions map[string]Exception `json:"exceptions,omitempty"`
	// Looked is the time of the last look.
	Looked time.Time `json:"looked,omitzero"`
}

// Exception says why a finding is to be lived with, who says so, and until when.
type Exception struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	Until  time.Time `json:"until"`
	At     time.Time `json:"at"`
}

// Operations look at the security of a namespace.
func Operations(d Deps) []k8sops.Operation {
	return []k8sops.Operation{show{d}.spec().Operation(), except{d}.spec().Operation()}
}

// owners are who answers for it.
func owners() []k8sops.Role { return []k8sops.Role{k8sops.System, k8sops.Network} }
