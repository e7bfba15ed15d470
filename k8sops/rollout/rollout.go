package rollout

import (
	"context"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// Access is the access of every operation that waits until workloads have rolled out.
func Access() []k8sops.Access {
	return append(kube.ListWorkloads(), []k8sops.Access{
		{Verb: "get", Group: "apps", Resource: "deployments"},
		{Verb: "get", Group: "apps", Resource: "statefulsets"},
		{Verb: "get", Group: "apps", Resource: "daemonsets"},
		{Verb: "list", Group: "apps", Resource: "replicasets"},
		{Verb: "list", Resource: "pods"},
		{Verb: "list", Resource: "events", Optional: true},
		{Verb: "get", Resource: "persistentvolumeclaims", Optional: true},
	}...)
}

// Goal is what a rollout is waited for.
type Goal struct {
	Targets []k8sops.Target
	// Replicas are the exact counts to reach, by target key; a workload that is not in it shall reach the count of its spec.
	Replicas map[string]int
	// Recover is the command line that helps when the rollout of a workload fails, "" where there is none.
	Recover func(w kube.Workload) string
}

// GoalOf is a rollout of what was planned: where the plan changes a pod template, to that very template.
func GoalOf(plan *k8sops.Plan) Goal { return Goal{Targets: plan.Targets} }

// rolloutLook is one workload at one moment.
type rolloutLook struct {
	kube.Workload
	ready, desired int
	// serving are the pods that are available, those of an earlier template included.
	serving int
	done    bool
	// failed says why it will not get there without help; zero while it may.
	failed messages.Text
	// replaced: it failed because something else changed it, which a rollback would not mend.
	replaced bool
	// obstacle is what Kubernetes says holds it up, zero where it says nothing.
	obstacle Obstacle
}

// obstacleGrace is how long an obstacle may stand before it is spoken of: a pod is without a node for a moment whenever it starts.
const obstacleGrace = 10 * time.Second

// Await looks until all workloads are done, one has failed, or the time is up. It gives up early on what cannot mend
// itself, so that the rollback is offered in seconds and not after the progress deadline; what may mend itself is said while it
// is waited for.
func Await(ctx context.Context, d kube.Platform, call *k8sops.Call, goal Goal, progress k8sops.Progress) (*k8sops.Verification, error) {
	deadline := d.Now().Add(d.RolloutTimeout)
	stands := obstacleWatch{grace: obstacleGrace, since: map[string]time.Time{}}
	for {
		looks, err := lookAtRollouts(ctx, call, goal)
		// A rolling API server is no reason to leave a change unproven while there is time.
		if err != nil && (k8sops.CodeOf(err) != k8sops.CodeUnavailable || ctx.Err() != nil || d.Now().After(deadline)) {
			return nil, err
		}
		if err == nil {
			stands.sift(looks, d.Now())
			if verdict := judge(looks, goal, progress); verdict != nil {
				return verdict, nil
			}
		}
		if d.Now().After(deadline) {
			return timedOut(looks, goal, d.RolloutTimeout), nil
		}
		if err := Sleep(ctx, d.Poll); err != nil {
			return nil, k8sops.Explain("wait for rollout", err)
		}
	}
}

// obstacleWatch remembers since when each obstacle stands.
type obstacleWatch struct {
	grace time.Duration
	since map[string]time.Time
}

// sift drops the obstacles that do not stand long enough to be spoken of, and makes failures of those that nothing but a person
// removes. What is evident is spoken of at once, and is no failure before it has stood: a pod that goes may make room.
func (o obstacleWatch) sift(looks []rolloutLook, now time.Time) {
	standing := map[string]bool{}
	for i := range looks {
		look := &looks[i]
		if look.obstacle.IsZero() {
			continue
		}
		key := look.Key() + " " + look.obstacle.kind
		standing[key] = true
		first, known := o.since[key]
		if !known {
			first = now
			o.since[key] = now
		}
		switch {
		case look.obstacle.final:
			look.failed = look.obstacle.Text
		case now.Sub(first) < o.grace:
			if !look.obstacle.evident {
				look.obstacle = Obstacle{}
			}
		case look.obstacle.needsPerson:
			look.failed = look.obstacle.Text
		}
	}
	for key := range o.since {
		if !standing[key] {
			delete(o.since, key)
		}
	}
}

func judge(looks []rolloutLook, goal Goal, progress k8sops.Progress) *k8sops.Verification {
	ready, desired := 0, 0
	for _, look := range looks {
		ready, desired = ready+look.ready, desired+look.desired
	}
	behind := behindOf(looks)
	waiting := messages.New("k8sops.rollout.all_ready")
	if behind != nil {
		waiting = behind.waiting()
	}
	progress.Report(ready, desired, waiting)
	for _, look := range looks {
		if !look.failed.IsZero() {
			return &k8sops.Verification{Summary: look.failed, Suggest: goal.remedies(look)}
		}
	}
	if behind != nil {
		return nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.rollout.done", "ready", ready, "desired", desired, "count", len(looks))}
}

// behindOf is the workload that is to be spoken of: one that is held up, else one that is not done; nil where all are.
func behindOf(looks []rolloutLook) *rolloutLook {
	at := slices.IndexFunc(looks, func(l rolloutLook) bool { return !l.done && !l.obstacle.IsZero() })
	if at < 0 {
		at = slices.IndexFunc(looks, func(l rolloutLook) bool { return !l.done })
	}
	if at < 0 {
		return nil
	}
	return &looks[at]
}

// waiting says how far the workload is, and what holds it up.
func (l rolloutLook) waiting() messages.Text {
	args := []any{"workload", messages.Code(l.Name), "counts", l.counts()}
	if l.obstacle.IsZero() {
		return messages.New("k8sops.rollout.waiting", args...)
	}
	return messages.New("k8sops.rollout.held_up", append(args, "obstacle", l.obstacle.Text)...)
}

func (g Goal) remedies(look rolloutLook) []string {
	name := look.Line()
	switch {
	case look.replaced && look.Object != nil && slices.Contains(kube.RollingKinds(), look.Kind):
		return []string{"rollout history " + name, "status " + name}
	case look.replaced:
		return []string{"status " + name}
	case look.obstacle.capacity:
		return []string{"events " + name + " --warnings", "top nodes", "status " + name}
	}
	var lines []string
	if g.Recover != nil && look.Object != nil {
		if line := g.Recover(look.Workload); line != "" {
			lines = append(lines, line)
		}
	}
	return append(lines, "logs "+name+" --errors", "status "+name)
}

func timedOut(looks []rolloutLook, goal Goal, after time.Duration) *k8sops.Verification {
	look := behindOf(looks)
	if look == nil {
		return &k8sops.Verification{Summary: messages.New("k8sops.rollout.unseen", "after", after)}
	}
	args := []any{"workload", messages.Code(look.Name), "counts", look.counts(), "after", after}
	summary := messages.New("k8sops.rollout.timeout", args...)
	if !look.obstacle.IsZero() {
		summary = messages.New("k8sops.rollout.timeout_held_up", append(args, "obstacle", look.obstacle.Text)...)
	}
	return &k8sops.Verification{Summary: summary, Suggest: goal.remedies(*look)}
}

func lookAtRollouts(ctx context.Context, call *k8sops.Call, goal Goal) ([]rolloutLook, error) {
	looks := make([]rolloutLook, len(goal.Targets))
	for i, target := range goal.Targets {
		o, err := kube.Get(ctx, call, target)
		if apierrors.IsNotFound(err) {
			looks[i] = rolloutLook{Workload: kube.Workload{Kind: target.Kind, Name: target.Name}, failed: messages.New("k8sops.rollout.gone", "workload", messages.Code(target.Name))}
			continue
		}
		if err != nil {
			return nil, k8sops.Explain("get "+target.Key(), err)
		}
		w, err := kube.Complete(ctx, call, target, kube.WorkloadOf(o))
		if err != nil {
			return nil, err
		}
		if looks[i], err = lookAt(ctx, call, w, target, goal); err != nil {
			return nil, err
		}
	}
	return looks, nil
}

func lookAt(ctx context.Context, call *k8sops.Call, w kube.Workload, target k8sops.Target, goal Goal) (rolloutLook, error) {
	counts := w.Counts()
	look := rolloutLook{Workload: w, desired: counts.Desired, ready: readyOfNewest(ctx, call, w), serving: counts.Available}
	if want, exact := goal.Replicas[target.Key()]; exact {
		look.desired = want
		look.ready, look.serving = min(look.ready, want), min(look.serving, want)
		if counts.Desired != want {
			look.failed = kube.Overridden(ctx, call, w, want)
			return look, nil
		}
	}
	if target.After != "" {
		mark, err := kube.TemplateMark(*w.Template())
		if err != nil {
			return look, err
		}
		if look.replaced = mark != target.After; look.replaced {
			look.failed = messages.New("k8sops.rollout.replaced", "workload", messages.Code(w.Name))
			return look, nil
		}
	}
	if look.done, look.failed = w.RolledOut(); look.done {
		return look, nil
	}
	var err error
	look.obstacle, err = ObstacleOf(ctx, call, w)
	if !look.failed.IsZero() && !look.obstacle.IsZero() {
		look.failed = messages.New("k8sops.rollout.failed_held_up", "failure", look.failed, "obstacle", look.obstacle.Text)
		look.obstacle.final = false
	}
	return look, err
}

// Sleep waits between two looks, until ctx ends.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
