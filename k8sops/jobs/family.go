package jobs

import (
	"context"
	"io"
	"slices"

	"opsbot/artifacts"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
)

// Deps is what Jobs need beside the platform.
type Deps struct {
	kube.Platform
	// Jobs are the configured ones.
	Jobs []Job
	// Reports keeps what they print; nil means that no storage is configured, and nothing is compared.
	Reports Store
}

// Store keeps objects by key. Keys contain slashes.
type Store interface {
	// Put stores everything read from r. When r, ctx or the storage fails, nothing new is visible under key.
	Put(ctx context.Context, key string, r io.Reader) (artifacts.Stored, error)
	// Open reads an object.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// List lists the objects whose keys begin with prefix, by key.
	List(ctx context.Context, prefix string) ([]artifacts.Object, error)
	// Delete removes an object; one that is gone already is no error.
	Delete(ctx context.Context, key string) error
}

// Job is one that can be run.
type Job struct {
	rollout.JobTemplate
	// Report begins the line of the log that holds the report; "" where the report is the last JSON object that is printed.
	Report string
	// SecondPerson: it changes what serves.
	SecondPerson bool
	Profiles     []Profile
}

// Profile is a way to run a Job.
type Profile struct {
	Name string
	// Args come after those of the Job; a variable replaces the Job's of the same name.
	Args []string
	Env  []rollout.JobVariable
}

// Operations run the configured Jobs. Where there is none, there is nothing to run.
func Operations(d Deps) []k8sops.Operation {
	if len(d.Jobs) == 0 {
		return nil
	}
	return []k8sops.Operation{run{d}.spec().Operation()}
}

// with is the template of a run with a profile.
func (j Job) with(p Profile) rollout.JobTemplate {
	t := j.JobTemplate
	t.Args = slices.Concat(t.Args, p.Args)
	t.Env = slices.DeleteFunc(slices.Clone(t.Env), func(v rollout.JobVariable) bool {
		return slices.ContainsFunc(p.Env, func(own rollout.JobVariable) bool { return own.Name == v.Name })
	})
	t.Env = append(t.Env, p.Env...)
	return t
}

func (d Deps) names() []string {
	var names []string
	for _, j := range d.Jobs {
		names = append(names, j.Name)
	}
	return names
}

// profiles are the names of all profiles of all Jobs.
func (d Deps) profiles() []string {
	var names []string
	for _, j := range d.Jobs {
		names = append(names, j.profiles()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (j Job) profiles() []string {
	var names []string
	for _, p := range j.Profiles {
		names = append(names, p.Name)
	}
	return names
}
