package handlers

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
	"opsbot/runs"
)

// Schedules keeps the calls that are planned for later.
type Schedules interface {
	DueSchedules(ctx context.Context, now time.Time) ([]runs.Schedule, error)
	// AdvanceSchedule replaces a schedule whose next call was due at a time, together with what is to be said. The error is
	// runs.ErrNotFound where that call is not to come any more.
	AdvanceSchedule(ctx context.Context, due time.Time, next runs.Schedule, say ...messages.Outbound) error
}

const scheduleEvery = 5 * time.Second

// WatchSchedules makes, until ctx is done, the calls that are due. One opsbot does this at a time.
func (d *Dispatcher) WatchSchedules(ctx context.Context) error {
	ticker := time.NewTicker(scheduleEvery)
	defer ticker.Stop()
	for {
		d.MakeDue(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// MakeDue makes the calls that are due now. What fails for a while, such as Slack or the store, is tried again the next time.
func (d *Dispatcher) MakeDue(ctx context.Context) {
	due, err := d.Schedules.DueSchedules(ctx, d.Now())
	if err != nil && ctx.Err() == nil {
		d.Log.Error("list due schedules", zap.Error(err))
	}
	for _, s := range due {
		if err := d.makeScheduled(ctx, s); err != nil && !errors.Is(err, runs.ErrNotFound) {
			d.Log.Error("scheduled call not made", zap.Int64("schedule", s.Number), zap.String("command", s.Command), zap.Error(err))
		}
	}
}

// makeScheduled makes the call that is due, in the name of whoever planned it. What was begun goes on when this opsbot does not lead
// any more.
func (d *Dispatcher) makeScheduled(ctx context.Context, s runs.Schedule) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), decisionLimit)
	defer cancel()
	s = s.WithNumber()
	s.Command = cmdline.LineOn(d.Catalog, s.Command, s.Cluster) // older versions left the cluster out
	if s.IsTooLate(d.Now()) {
		return d.skipSchedule(ctx, s, d.tooLateNote(s))
	}
	call, err := d.scheduledCall(ctx, s)
	switch {
	case errors.Is(err, errNotYet):
		return nil
	case err == nil && call == nil:
		return d.skipSchedule(ctx, s)
	case err != nil:
		return err
	}
	record, err := d.acceptScheduled(ctx, s, call)
	switch {
	case errors.Is(err, calls.ErrDuplicate): // made already, and only that was not noted
		return d.noteMade(ctx, s)
	case k8sops.CodeOf(err) != "":
		return d.endSchedule(ctx, s, err)
	case err != nil:
		return err
	}
	switch err := d.noteMade(ctx, s); {
	case errors.Is(err, runs.ErrNotFound): // cancelled at the last moment
		record.State, record.FinishedAt, record.Outcome = calls.Cancelled, d.Now(), "cancelled"
		return d.update(ctx, &record, "cancelled", s.User)
	case err != nil: // it is noted the next time
		d.Log.Error("scheduled call not noted", zap.Int64("schedule", s.Number), zap.Error(err))
	}
	d.takeOn(ctx, record)
	return nil
}

// errNotYet means that what is to be put back is still under way.
var errNotYet = errors.New("not yet")

// scheduledCall is the call that a schedule is to make next, nil where there is nothing to put back.
func (d *Dispatcher) scheduledCall(ctx context.Context, s runs.Schedule) (*k8sops.Invocation, error) {
	if !s.Back {
		return &k8sops.Invocation{Operation: s.Operation, Args: s.Args}, d.lastTry(ctx, s)
	}
	done, err := d.Calls.Call(ctx, s.Last)
	switch {
	case errors.Is(err, calls.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case done.FinishedAt.IsZero():
		return nil, errNotYet
	case done.Undone != nil:
		return nil, nil
	}
	return done.UndoCall, nil
}

// lastTry is errNotYet while the last call of a schedule that insists goes on, or waits for a second person. One that waits to be told whether
// its step was done does not: the next call looks at what is there.
func (d *Dispatcher) lastTry(ctx context.Context, s runs.Schedule) error {
	if !s.Insists() || s.Last == "" {
		return nil
	}
	last, err := d.Calls.Call(ctx, s.Last)
	switch {
	case errors.Is(err, calls.ErrNotFound):
		return nil
	case err != nil:
		return err
	case last.FinishedAt.IsZero() && last.State != calls.Unclear:
		return errNotYet
	}
	return nil
}

// acceptScheduled stores the call. Its ids follow from the schedule, so that no other opsbot makes it too. Errors that have a
// k8sops.Code are those after which there is no point in trying again.
func (d *Dispatcher) acceptScheduled(ctx context.Context, s runs.Schedule, call *k8sops.Invocation) (calls.Record, error) {
	cluster, err := d.Clusters.Find(s.Cluster)
	if err != nil {
		return calls.Record{}, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("schedule.no_cluster", "cluster", messages.Code(s.Cluster))}
	}
	id, err := d.Identities.Identify(ctx, s.User)
	if err != nil {
		return calls.Record{}, err
	}
	op, args, err := cmdline.Check(d.Catalog, call.On(d.Catalog, cluster.Name))
	if err != nil {
		return calls.Record{}, err
	}
	args = op.NameCluster(args, cluster.Name)
	now, source := d.Now(), k8sops.Source{User: s.User, Channel: s.Channel, ThreadTS: s.ThreadTS, Incident: s.Incident}
	id.Extra = k8sops.Extra(source, s.CallID())
	record := calls.Record{
		ID: s.CallID(), SourceID: s.SourceID(), State: calls.Accepted, Operation: op.Name, Args: args, Command: k8sops.Canonical(op, args),
		Cluster: s.Cluster, Namespace: s.Namespace, Identity: id, Source: source, Locale: d.LocaleOf(ctx, s.User), Private: op.Private,
		Danger: op.Danger, CreatedAt: now, Schedule: s.Number, Unattended: true,
	}
	if s.Back {
		record.Undoes = s.Last
	}
	return record, d.Calls.Create(ctx, record, event(record, "requested by schedule", s.User, now))
}

// noteMade moves the schedule on and says that its call begins.
func (d *Dispatcher) noteMade(ctx context.Context, s runs.Schedule) error {
	next, err := s.AfterCall(d.Now())
	if err != nil {
		return err
	}
	return d.Schedules.AdvanceSchedule(ctx, s.Due, next, d.scheduleMessage(s, d.madeNote(s)))
}

// skipSchedule moves the schedule on without its call.
func (d *Dispatcher) skipSchedule(ctx context.Context, s runs.Schedule, say ...messages.Card) error {
	next, err := s.AfterSkip(d.Now())
	if err != nil {
		return err
	}
	return d.leaveOut(ctx, s, next, say...)
}

// endSchedule says why the call cannot be made, and that nothing more comes of the schedule. One that insists is tried again.
func (d *Dispatcher) endSchedule(ctx context.Context, s runs.Schedule, cause error) error {
	if s.Insists() {
		next, err := s.AfterCall(d.Now())
		if err != nil {
			return err
		}
		return d.leaveOut(ctx, s, next, d.insistNote(s, next, cause))
	}
	return d.leaveOut(ctx, s, s.Ended(runs.Failed, "", d.Now()), d.failedNote(s, cause))
}

func (d *Dispatcher) leaveOut(ctx context.Context, s, next runs.Schedule, say ...messages.Card) error {
	var out []messages.Outbound
	for _, card := range say {
		out = append(out, d.scheduleMessage(s, card))
	}
	if err := d.Schedules.AdvanceSchedule(ctx, s.Due, next, out...); err != nil {
		return err
	}
	for _, card := range say {
		d.recordSkip(ctx, s, card.Title)
	}
	return nil
}

// isStale tells whether a scheduled call was left so long ago that it should not be made any more.
func (d *Dispatcher) isStale(r calls.Record) bool {
	return r.Undoes == "" && d.Now().Sub(r.CreatedAt) >= runs.LateLimit
}

// takeOnScheduled makes a call that an opsbot accepted which is gone.
func (d *Dispatcher) takeOnScheduled(ctx context.Context, r calls.Record) error {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	d.takeOn(ctx, r)
	return nil
}
