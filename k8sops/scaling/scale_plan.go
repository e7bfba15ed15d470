package scaling

import (
	"context"
	"errors"
	"slices"
	"time"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
	"opsbot/runs"
)

// scalePlan is /scale plan (handbook: 容量规划): a service gets a number of replicas later, once or repeatedly, and perhaps only for a
// while. Where an autoscaler scales it, its minimum is what changes.
type scalePlan struct{ kube.Platform }

type scalePlanArgs struct {
	Service  k8sops.Workload
	Replicas int
	At       k8sops.Time
	Cron     string
	For      time.Duration
}

// scalePlanState is the schedule: without its number until it is stored.
type scalePlanState struct {
	Schedule runs.Schedule `json:"schedule"`
}

type scalePlanRun = k8sops.Run[scalePlanArgs, scalePlanState]

func (s scalePlan) spec() k8sops.ChangeSpec[scalePlanArgs, scalePlanState] {
	return k8sops.ChangeSpec[scalePlanArgs, scalePlanState]{
		Meta: k8sops.Meta{
			Name:         "scale plan",
			Summary:      messages.New("k8sops.scale_plan.summary"),
			Danger:       k8sops.Change,
			FreezeExempt: true,
			Examples:     []string{`scale plan user 6 --at "Fri 18:00" --for 6h`, `scale plan user 6 --at "2026-12-01 18:00"`, `scale plan user 6 --cron "0 18 * * 5" --for 6h`},
			Access:       scalePlanAccess(),
			Owners:       []k8sops.Role{k8sops.System, k8sops.Development},
			On:           autoscaled(),
		},
		Args: func(a *scalePlanArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true},
				{Name: "replicas", Into: &a.Replicas, Summary: messages.New("k8sops.scale.arg.replicas"), Positional: true, Required: true, Max: maxReplicas},
				{Name: "at", Into: &a.At, Summary: messages.New("k8sops.scale_plan.arg.at")},
				{Name: "cron", Into: &a.Cron, Summary: messages.New("k8sops.scale_plan.arg.cron")},
				{Name: "for", Into: &a.For, Summary: messages.New("k8sops.scale_plan.arg.for")},
			}
		},
		Plan:   s.plan,
		Steps:  []k8sops.Step[scalePlanArgs, scalePlanState]{{Name: "store", Resume: k8sops.Again, Do: s.store}},
		Verify: s.verify,
		Report: s.report,
		Undo: func(r *scalePlanRun) *k8sops.Invocation {
			return scalePlanCancel(s).spec().Invoke(scalePlanCancelArgs{Number: int(r.State.Schedule.Number)})
		},
	}
}

// scalePlanAccess is what the planned calls need: planning already refuses whoever could not make them.
func scalePlanAccess() []k8sops.Access {
	access := slices.Concat(scale{}.spec().Access, kube.ListWorkloads(), autoscalerAccess("update"))
	var once []k8sops.Access
	for _, a := range access {
		if !slices.Contains(once, a) {
			once = append(once, a)
		}
	}
	return once
}

// plan tries today what is to be done later, and shows it with its times.
func (s scalePlan) plan(ctx context.Context, call *k8sops.Call, args scalePlanArgs) (*k8sops.Plan, scalePlanState, error) {
	schedule, err := s.times(ctx, call, args)
	if err != nil {
		return nil, scalePlanState{}, err
	}
	op, planned, err := s.planned(ctx, call, args)
	if err != nil {
		return nil, scalePlanState{}, err
	}
	call.Beside(&op, planned)
	later := *call
	later.Operation, later.Args = &op, planned.Args
	today, err := op.Plan(ctx, &later)
	if err != nil {
		return nil, scalePlanState{}, err
	}
	schedule.Operation, schedule.Args, schedule.Command = op.Name, planned.Args, k8sops.Canonical(&op, planned.Args)
	plan := &k8sops.Plan{
		Summary: messages.New("k8sops.scale_plan.plan", "command", messages.Code("/"+schedule.Command), "due", messages.Date(schedule.Due),
			"after", afterText(schedule)),
		Changes: today.Changes, Warning: today.Warning, Targets: today.Targets,
		Danger: max(k8sops.Change, min(today.Danger, k8sops.Disruptive)), // a second person is asked when it is due
	}
	s.explain(plan, today, schedule)
	return plan, scalePlanState{Schedule: schedule}, nil
}

// planned is what is done when the time comes.
func (s scalePlan) planned(ctx context.Context, call *k8sops.Call, args scalePlanArgs) (k8sops.Operation, *k8sops.Invocation, error) {
	h := hpa(s)
	w, autoscaler, err := h.autoscalerOf(ctx, call)
	if err != nil {
		return k8sops.Operation{}, nil, err
	}
	service := k8sops.Workload(w.Line())
	if autoscaler == nil || args.Replicas == 0 { // an autoscaler's minimum is never 0, and at 0 replicas it rests
		spec := scale(s).spec()
		return spec.Operation(), spec.Invoke(scaleArgs{Services: k8sops.Workloads{service}, Replicas: args.Replicas}), nil
	}
	spec := hpaSet{h}.spec()
	limits := hpaSetArgs{Service: service, Min: args.Replicas, Max: max(args.Replicas, int(autoscaler.Spec.MaxReplicas))}
	return spec.Operation(), spec.Invoke(limits), nil
}

// times is the schedule with when it is due, and with where it is told of.
func (s scalePlan) times(ctx context.Context, call *k8sops.Call, args scalePlanArgs) (runs.Schedule, error) {
	asked, zone := call.AskedAt(), s.ZoneOf(ctx, call.Source.User)
	schedule := kube.NewSchedule(call, asked)
	schedule.Cron, schedule.Zone, schedule.For = args.Cron, zone.String(), args.For
	due, err := dueAt(args, asked.In(zone), call.Now.In(zone))
	schedule.Due = due.UTC()
	return schedule, err
}

func dueAt(args scalePlanArgs, asked, now time.Time) (time.Time, error) {
	if (args.At == "") == (args.Cron == "") {
		return time.Time{}, invalidTime(messages.New("k8sops.scale_plan.one_time"))
	}
	if args.At != "" {
		due, err := runs.ParseTime(string(args.At), asked, now)
		if err != nil {
			return due, explainTime(err)
		}
		return due, nil
	}
	due, err := runs.NextCron(args.Cron, now)
	if err != nil {
		return due, invalidTime(messages.New("k8sops.scale_plan.bad_cron", "cron", messages.Code(args.Cron)))
	}
	if again, err := runs.Overlaps(args.Cron, due, args.For); args.For > 0 && (again || err != nil) {
		return due, invalidTime(messages.New("k8sops.scale_plan.overlaps", "cron", messages.Code(args.Cron), "for", args.For))
	}
	return due, nil
}

// explain adds what the person should know before they rely on it.
func (s scalePlan) explain(plan, today *k8sops.Plan, schedule runs.Schedule) {
	command := messages.Code("/" + schedule.Command)
	plan.Warning = append([]messages.Text{messages.New("k8sops.scale_plan.runs_as_you", "command", command)}, plan.Warning...)
	if today.NoOp {
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale_plan.nothing_today", "command", command))
	}
	if today.Danger >= k8sops.Destructive {
		plan.Warning = append(plan.Warning, messages.New("k8sops.scale_plan.second_person"))
	}
}

func (s scalePlan) store(ctx context.Context, r *scalePlanRun) error {
	stored, err := s.Schedules.AddSchedule(ctx, r.State.Schedule)
	if err == nil {
		r.State.Schedule = stored
	}
	return err
}

func (s scalePlan) verify(ctx context.Context, r *scalePlanRun) (*k8sops.Verification, error) {
	stored, err := s.Schedules.Schedule(ctx, r.State.Schedule.Number)
	if err != nil {
		return nil, err
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.scale_plan.stored", "number", stored.Number)}, nil
}

func (s scalePlan) report(r *scalePlanRun) *k8sops.Result {
	result := k8sops.PlanResult(r.Plan)
	result.Suggest = []string{"scale plans"}
	return result
}

// afterText says what follows a scheduled call.
func afterText(s runs.Schedule) messages.Text {
	switch {
	case s.Cron != "" && s.For > 0:
		return messages.New("k8sops.scale_plan.repeated_for", "cron", messages.Code(s.Cron), "zone", s.Zone, "for", s.For)
	case s.Cron != "":
		return messages.New("k8sops.scale_plan.repeated", "cron", messages.Code(s.Cron), "zone", s.Zone)
	case s.For > 0:
		return messages.New("k8sops.scale_plan.for", "until", messages.Date(s.Due.Add(s.For)))
	default:
		return messages.New("k8sops.scale_plan.stays")
	}
}

func explainTime(err error) error {
	if problem, ok := errors.AsType[*runs.TimeError](err); ok {
		return invalidTime(problem.Message)
	}
	return err
}

func invalidTime(message messages.Text) error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: message, Hint: messages.New("k8sops.scale_plan.hint")}
}
