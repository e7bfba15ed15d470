package logfiles

import (
	"context"
	"slices"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// clean is /logs clean (handbook: 清理日志文件).
type clean struct{ Deps }

type cleanArgs struct {
	Service string
	Older   time.Duration
}

// cleanState is exactly what is removed, by pod.
type cleanState struct {
	Minutes int        `json:"minutes"`
	Pods    []podFiles `json:"pods"`
}

type cleanRun = k8sops.Run[cleanArgs, cleanState]

func (c clean) spec() k8sops.ChangeSpec[cleanArgs, cleanState] {
	return k8sops.ChangeSpec[cleanArgs, cleanState]{
		Meta: k8sops.Meta{
			Name:     "logs clean",
			Summary:  messages.New("k8sops.logs_clean.summary"),
			Danger:   k8sops.Disruptive,
			Examples: []string{"logs clean", "logs clean user --older 14d"},
			Access:   slices.Concat(kube.ListWorkloads(), getWorkloads(), kube.ExecAccess(false), []k8sops.Access{{Verb: "list", Resource: "pods"}}),
			Owners:   []k8sops.Role{k8sops.System, k8sops.DBA},
			On:       kube.RollingKinds(),
		},
		Args: func(a *cleanArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.logs_clean.arg.service"), Positional: true, Offer: c.places().Offer, OfferMore: true},
				{Name: "older", Into: &a.Older, Summary: messages.New("k8sops.logs_clean.arg.older"), Default: "168h"},
			}
		},
		Plan:   c.plan,
		Steps:  []k8sops.Step[cleanArgs, cleanState]{{Name: "remove files", Resume: k8sops.Again, Do: c.remove}},
		Verify: c.verify,
		Report: report,
		// A file that is removed is gone.
	}
}

func getWorkloads() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "get", Group: "apps", Resource: "deployments"},
		{Verb: "get", Group: "apps", Resource: "statefulsets"},
		{Verb: "get", Group: "apps", Resource: "daemonsets"},
	}
}

// minOlder keeps what somebody may be reading.
const minOlder = time.Hour

func (c clean) plan(ctx context.Context, call *k8sops.Call, args cleanArgs) (*k8sops.Plan, cleanState, error) {
	state := cleanState{Minutes: int(args.Older / time.Minute)}
	if args.Older < minOlder {
		return nil, state, k8sops.Invalid(messages.New("k8sops.logs_clean.too_young", "older", args.Older, "least", minOlder))
	}
	plan := &k8sops.Plan{Danger: k8sops.Disruptive}
	places, err := c.places().Find(ctx, call)
	if err != nil {
		return nil, state, err
	}
	for _, p := range places {
		target, err := kube.TargetOf(p.Workload)
		if err != nil {
			return nil, state, err
		}
		plan.Targets = append(plan.Targets, target)
		pods, err := c.pods(ctx, call, p)
		if err != nil {
			return nil, state, err
		}
		for _, pod := range pods {
			if err := pod.find(ctx, call, state.Minutes); err != nil {
				return nil, state, err
			}
			state.Pods = append(state.Pods, pod)
		}
	}
	show(plan, state, args.Older)
	return plan, state, nil
}

// shownFiles is how many files a plan lists by name; all are counted.
const shownFiles = 20

func show(plan *k8sops.Plan, state cleanState, older time.Duration) {
	total := state.total()
	for _, pod := range state.Pods {
		for _, f := range pod.Files[:min(len(pod.Files), shownFiles-min(shownFiles, len(plan.Changes)))] {
			plan.Changes = append(plan.Changes, k8sops.FieldChange{Object: pod.Pod, Field: f.Path, From: messages.Bytes(f.Bytes), To: "–"})
		}
		name := messages.Code(pod.Pod)
		if pod.Open > 0 {
			plan.Warning = append(plan.Warning, messages.New("k8sops.logs_clean.open", "pod", name, "count", pod.Open))
		}
		if !pod.OpenKnown {
			plan.Warning = append(plan.Warning, messages.New("k8sops.logs_clean.open_unknown", "pod", name))
		}
		if pod.Odd > 0 {
			plan.Warning = append(plan.Warning, messages.New("k8sops.logs_clean.odd", "pod", name, "count", pod.Odd))
		}
		if pod.Logrotate != "" {
			plan.Warning = append(plan.Warning, messages.New("k8sops.logs_clean.rotates", "pod", name, "file", messages.Code(pod.Logrotate)))
		}
	}
	if more := total.files - len(plan.Changes); more > 0 {
		plan.Warning = append(plan.Warning, messages.New("k8sops.logs_clean.more", "count", more))
	}
	rotates := slices.ContainsFunc(state.Pods, func(p podFiles) bool { return p.Logrotate != "" })
	if plan.NoOp = total.files == 0 && !rotates; plan.NoOp {
		plan.Summary = messages.New("k8sops.logs_clean.nothing", "older", older)
		return
	}
	plan.Summary = messages.New("k8sops.logs_clean.plan", "count", total.files, "size", messages.Bytes(total.bytes), "pods", len(state.Pods), "older", older)
}
