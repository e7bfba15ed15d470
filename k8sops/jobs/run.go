package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// run is /run (handbook: 每周任务, 性能测试; tests/load-tests.sh, tests/api-tests.sh).
type run struct{ Deps }

type runArgs struct {
	Job     string
	Profile string
}

// runState is what is run, and what came of it. The template is part of it: what was confirmed is run, though the configuration may have
// changed since.
type runState struct {
	Template rollout.JobTemplate `json:"template"`
	// Name is that of the Job in the cluster.
	Name    string              `json:"name,omitempty"`
	Outcome *rollout.JobOutcome `json:"outcome,omitempty"`
	Figures Figures             `json:"figures,omitempty"`
	// Lines are the last ones of the log, for the card.
	Lines []string `json:"lines,omitempty"`
	// Log is the key of the stored log, "" where it could not be stored; NotKept says why.
	Log     string        `json:"log,omitempty"`
	NotKept messages.Text `json:"not_kept,omitzero"`
	// Left: the Job could not be deleted.
	Left bool `json:"left,omitempty"`
	// Before is the run that this one is compared with.
	Before *Record `json:"before,omitempty"`
}

type jobRun = k8sops.Run[runArgs, runState]

func (o run) spec() k8sops.ChangeSpec[runArgs, runState] {
	return k8sops.ChangeSpec[runArgs, runState]{
		Meta: k8sops.Meta{
			Name:     "run",
			Aliases:  []string{"job run"},
			Summary:  messages.New("k8sops.run.summary"),
			Danger:   k8sops.Disruptive,
			Examples: o.examples(),
			Access:   rollout.JobAccess(),
			Owners:   []k8sops.Role{k8sops.System, k8sops.Development},
		},
		Args: func(a *runArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "job", Into: &a.Job, Summary: messages.New("k8sops.run.arg.job"), Positional: true, Required: true, Choices: o.names()},
				{Name: "profile", Into: &a.Profile, Summary: messages.New("k8sops.run.arg.profile"), Positional: true, Choices: o.profiles()},
			}
		},
		Plan: o.plan,
		// The Job has the call's name: it is found again, and never made twice. It goes only after what came of it is stored.
		Steps: []k8sops.Step[runArgs, runState]{
			{Name: "start", Resume: k8sops.Again, Do: o.start},
			{Name: "follow", Resume: k8sops.Again, Do: o.follow},
			{Name: "clean up", Resume: k8sops.Again, Do: o.cleanUp},
		},
		Verify: o.verify,
		Report: o.report,
		// A test takes nothing away, so there is nothing to undo.
	}
}

func (o run) examples() []string {
	var lines []string
	for _, j := range o.Jobs {
		lines = append(lines, "run "+j.Name)
		for _, p := range j.profiles() {
			lines = append(lines, "run "+j.Name+" "+p)
		}
	}
	return lines[:min(len(lines), 4)]
}

// plan tries the Job on the API server as the asking person: it never has more rights than that person could give it.
func (o run) plan(ctx context.Context, call *k8sops.Call, args runArgs) (*k8sops.Plan, runState, error) {
	job, profile, err := o.find(args)
	if err != nil {
		return nil, runState{}, err
	}
	t := job.with(profile)
	if err := rollout.TryJob(ctx, call, t); err != nil {
		return nil, runState{}, err
	}
	plan := &k8sops.Plan{
		Summary: messages.New("k8sops.run.plan", "job", messages.Code(label(args)), "account", messages.Code(t.ServiceAccount), "deadline", t.Deadline),
		Diff:    manifest(t),
		Danger:  k8sops.Disruptive,
	}
	if job.SecondPerson {
		kube.ChangesWhatServes(plan, job.Name)
	}
	return plan, runState{Template: t}, nil
}

func (o run) find(args runArgs) (Job, Profile, error) {
	at := slices.IndexFunc(o.Jobs, func(j Job) bool { return j.Name == args.Job })
	if at < 0 { // it was configured when the call was made
		return Job{}, Profile{}, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.run.unknown", "job", messages.Code(args.Job)),
			Hint: messages.New("k8sops.run.unknown_hint", "jobs", strings.Join(o.names(), ", "))}
	}
	job := o.Jobs[at]
	if args.Profile == "" {
		return job, Profile{}, nil
	}
	at = slices.Index(job.profiles(), args.Profile)
	if at < 0 {
		e := &k8sops.Error{Code: k8sops.CodeNotFound,
			Message: messages.New("k8sops.run.unknown_profile", "job", messages.Code(job.Name), "profile", messages.Code(args.Profile))}
		for _, name := range append([]string{""}, job.profiles()...) {
			e.Suggest = append(e.Suggest, strings.TrimSpace("run "+job.Name+" "+name))
		}
		return Job{}, Profile{}, e
	}
	return job, job.Profiles[at], nil
}

// label is the Job as a person types it.
func label(args runArgs) string { return strings.TrimSpace(args.Job + " " + args.Profile) }

func (o run) start(ctx context.Context, r *jobRun) (err error) {
	r.Progress.Report(0, 0, messages.New("k8sops.job.starting", "job", messages.Code(r.Args.Job)))
	r.State.Name, err = rollout.StartJob(ctx, r.Call, r.State.Template)
	return o.endWith(ctx, r, err)
}

func (o run) follow(ctx context.Context, r *jobRun) error {
	outcome, err := rollout.FollowJob(ctx, o.Platform, r.Call, r.State.Name, r.State.Template, r.Progress)
	if err != nil {
		return o.endWith(ctx, r, err)
	}
	marker := ""
	if job, _, err := o.find(r.Args); err == nil {
		marker = job.Report
	}
	r.State.Outcome, r.State.Lines = outcome, outcome.Log.Last(shownLines, shownBytes)
	r.State.Figures = readReport(outcome.Log.Lines, marker)
	o.keep(ctx, r, outcome)
	if ctx.Err() != nil { // what is kept of it now may be only half of it
		return o.endWith(ctx, r, context.Cause(ctx))
	}
	return nil
}

const (
	shownLines = 15
	shownBytes = 2000
)

// endWith deletes the Job of a run that was stopped or whose time is up. A Job that cannot be deleted ends at its own deadline.
func (o run) endWith(ctx context.Context, r *jobRun, err error) error {
	if err == nil || !k8sops.GivenUp(ctx) {
		return err
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), deleteLimit)
	defer stop()
	return errors.Join(err, rollout.DeleteJob(ctx, r.Call, rollout.JobName(r.Call, r.State.Template.Name)))
}

// deleteLimit is how long a person who stops a run waits for its Job to go.
const deleteLimit = 15 * time.Second

// cleanUp deletes the Job. One that cannot be deleted ends at its deadline, and Kubernetes deletes it an hour later: what came of the run
// is worth more than an error about that.
func (o run) cleanUp(ctx context.Context, r *jobRun) error {
	err := rollout.DeleteJob(ctx, r.Call, r.State.Name)
	if ctx.Err() != nil {
		return o.endWith(ctx, r, err)
	}
	r.State.Left = err != nil
	return nil
}

// verify says whether the Job passed. Its outcome was final when it was stored.
func (o run) verify(_ context.Context, r *jobRun) (*k8sops.Verification, error) {
	outcome, job := r.State.Outcome, messages.Code(label(r.Args))
	switch outcome.Verdict {
	case rollout.JobSucceeded:
		return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.run.passed", "job", job, "took", outcome.Took())}, nil
	case rollout.JobNotStarted:
		return &k8sops.Verification{Summary: messages.New("k8sops.run.not_started", "job", job, "reason", outcome.Reason), Suggest: []string{"events --warnings"}}, nil
	}
	return &k8sops.Verification{Summary: messages.New("k8sops.run.failed", "job", job, "reason", outcome.Reason), Suggest: []string{"health"}}, nil
}
