package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"opsbot/escalation/incident"
	"opsbot/handlers/audit"
	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/k8sops/cmdline"
	"opsbot/messages"
)

// decisionLimit bounds everything up to a run: an API server that does not answer must not hold the request for ever.
const decisionLimit = 20 * time.Second

// submit takes one request from the typed line to a run, a question to the people, or a refusal.
func (d *Dispatcher) submit(ctx context.Context, req Request) {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	locale := d.LocaleOf(ctx, req.User)
	leave, err := d.Quota.Enter(req.User, d.Now())
	if err != nil {
		d.refuse(ctx, req, locale, err)
		return
	}
	defer leave()
	log := d.Log.With(zap.String("user", req.User), zap.String("channel", req.Channel))
	record, err := d.accept(ctx, req, locale)
	switch {
	case errors.Is(err, calls.ErrDuplicate):
		log.Info("request seen before")
		return
	case err != nil && d.askInForm(ctx, req, err):
		return
	case err != nil:
		d.refuse(ctx, req, locale, err)
		return
	}
	log = log.With(zap.String("call", record.ID), zap.String("command", record.Command))
	log.Info("call accepted")
	d.takeOn(ctx, record)
}

// takeOn advances an accepted call, or says why it does not go on.
func (d *Dispatcher) takeOn(ctx context.Context, record calls.Record) {
	err := d.advance(ctx, record)
	if err == nil {
		return
	}
	if err := d.fail(ctx, record, calls.Refused, err); err != nil {
		d.Log.Error("refusal not recorded", zap.String("call", record.ID), zap.String("command", record.Command), zap.Error(err))
		d.tellDirectly(ctx, d.failure(record, false, storageError(err)))
	}
}

// accept identifies the person, parses the line and stores the call. From here on the request has an id and cannot be run twice.
func (d *Dispatcher) accept(ctx context.Context, req Request, locale string) (calls.Record, error) {
	id, err := d.Identities.Identify(ctx, req.User)
	if err != nil {
		return calls.Record{}, err
	}
	op, args, err := d.requestedCall(req)
	if err != nil {
		return calls.Record{}, err
	}
	at := d.placeOf(ctx, req.User, req.Channel, req.ThreadTS)
	cluster, err := d.chooseCluster(op, args, at)
	if err != nil {
		return calls.Record{}, err
	}
	args = op.NameCluster(args, cluster.Name)
	now, callID := d.Now(), d.idFor(req)
	source := req.source(at.incident)
	if req.Step.CallID != "" {
		source.Incident = req.Step.Incident
	}
	id.Extra = k8sops.Extra(source, callID)
	record := calls.Record{
		ID: callID, SourceID: req.SourceID, State: calls.Accepted, Operation: op.Name, Args: args, Command: k8sops.Canonical(op, args),
		Cluster: cluster.Name, Namespace: cluster.Namespace, Identity: id, Source: source, ReplyTo: req.Step.ReplyTo, ResponseURL: req.ResponseURL,
		Locale: locale, Private: op.Private, Danger: op.Danger, Undoes: req.Undoes, Unaudited: true, CreatedAt: now,
	}
	d.secrets.keep(record.ID, req.Secrets)
	err = d.Calls.Create(ctx, record, audit.Event{})
	if err != nil {
		d.secrets.forget(record.ID)
	}
	if err != nil && !errors.Is(err, calls.ErrDuplicate) {
		err = storageError(err)
	}
	return record, err
}

// idFor is the id of the call of a request.
func (d *Dispatcher) idFor(req Request) string {
	if req.Step.CallID != "" {
		return req.Step.CallID
	}
	return d.NewID()
}

// requestedCall is the call that a request is about.
func (d *Dispatcher) requestedCall(req Request) (*k8sops.Operation, k8sops.Args, error) {
	if req.Call != nil {
		return cmdline.Check(d.Catalog, req.Call)
	}
	if err := cmdline.RefuseSecrets(req.Line); err != nil {
		return nil, nil, err
	}
	return cmdline.Parse(d.Catalog, req.Line)
}

// askInForm opens a form where a call lacks arguments and Slack lets a form be opened; false says that it did not.
func (d *Dispatcher) askInForm(ctx context.Context, req Request, cause error) bool {
	missing, ok := errors.AsType[*cmdline.Missing](cause)
	if !ok || req.TriggerID == "" {
		return false
	}
	if err := d.openForm(ctx, req.TriggerID, req, missing.Operation, missing.Given); err != nil {
		d.Log.Warn("form not opened", zap.String("operation", missing.Operation.Name), zap.String("user", req.User), zap.Error(err))
		return false
	}
	return true
}

// storageError is the answer to a person when opsbot cannot store what it is about to do, and therefore does not do it.
func storageError(cause error) error {
	return &k8sops.Error{
		Code: k8sops.CodeUnavailable, Message: messages.New("error.storage"), Hint: messages.New("error.storage_hint"), Cause: cause,
	}
}

// advance authorises and plans an accepted call, then runs it or asks the people it needs.
func (d *Dispatcher) advance(ctx context.Context, record calls.Record) error {
	if err := d.authoriseAndPlan(ctx, &record); err != nil {
		return err
	}
	record.Withheld = d.whyWithheld(ctx, record)
	switch {
	case record.Plan != nil && record.Plan.NoOp:
		return d.finish(ctx, record, calls.Succeeded, "no change needed", calls.NoOpCard(record))
	case record.Danger >= k8sops.Destructive, record.Danger >= k8sops.Disruptive && !record.Unattended:
		return d.ask(ctx, record)
	default:
		return d.start(ctx, record, record.Source.User, "started")
	}
}

// authoriseAndPlan asks the API server whether the requester may, and only then looks at what would change.
func (d *Dispatcher) authoriseAndPlan(ctx context.Context, r *calls.Record) error {
	call, err := d.call(*r)
	if err != nil {
		return err
	}
	if err := k8sops.Preflight(ctx, call.Client, call.Namespace, *call.Operation); err != nil {
		return err
	}
	return d.plan(ctx, call, r)
}

// call rebuilds the live call of a record: its operation, and a client that acts as the requester.
func (d *Dispatcher) call(r calls.Record) (*k8sops.Call, error) {
	op, err := k8sops.Find(d.Catalog, r.Operation)
	if err != nil {
		return nil, err
	}
	cluster, err := d.Clusters.Find(r.Cluster)
	if err != nil {
		return nil, err
	}
	client, err := cluster.As(r.Identity)
	if err != nil {
		return nil, err
	}
	return &k8sops.Call{
		ID: r.ID, Operation: op, Args: r.Args, Secrets: d.secrets.of(r.ID), Cluster: r.Cluster, Namespace: r.Namespace, Identity: r.Identity, Client: client,
		Source: r.Source, Requested: r.CreatedAt, Now: d.Now(), Started: r.StartedAt,
	}, nil
}

// plan fills in what the call would change, how dangerous that is, and the digest that a decision is bound to.
func (d *Dispatcher) plan(ctx context.Context, call *k8sops.Call, r *calls.Record) error {
	op := call.Operation
	r.Danger = op.Danger
	if op.Plan == nil {
		return nil
	}
	err := catchPanic("plan "+op.Name, func() (err error) {
		r.Plan, err = op.Plan(ctx, call)
		if err == nil && r.Plan == nil {
			err = errors.New("no plan")
		}
		return err
	})
	if err == nil {
		err = d.checkUndo(ctx, r)
	}
	if err == nil {
		err = d.checkFreeze(ctx, op, r)
	}
	if err != nil {
		return err
	}
	r.Danger = max(r.Danger, r.Plan.Danger)
	r.Digest = calls.Digest(*r)
	return nil
}

// ask stores the plan and shows it with the buttons that decide about it.
func (d *Dispatcher) ask(ctx context.Context, r calls.Record) error {
	d.awaitDecision(&r)
	return d.update(ctx, &r, "planned", r.Source.User, d.answer(r, calls.PlanCard(r, false)))
}

// awaitDecision makes r wait for the decision that its danger needs.
func (d *Dispatcher) awaitDecision(r *calls.Record) {
	r.State, r.ExpiresAt = calls.Planned, d.Now().Add(d.Settings.Expires)
	if r.Danger >= k8sops.Destructive {
		r.State, r.MayBreakGlass = calls.Approval, d.mayBreakGlass(*r)
	}
}

// refuse answers a request that never became a call. The refusal is audited like any other; one that repeats another is counted, and no record.
func (d *Dispatcher) refuse(ctx context.Context, req Request, locale string, cause error) {
	now, cluster := d.Now(), d.Clusters.Default()
	record := calls.Record{
		ID: d.idFor(req), SourceID: req.SourceID, State: calls.Refused, Command: firstWord(req.Line), Cluster: cluster.Name, Namespace: cluster.Namespace,
		Source: req.source(""), CreatedAt: now, FinishedAt: now, Outcome: outcomeOf(cause),
	}
	var say []messages.Outbound
	if d.Quota.MayAnswer(req.User, now) {
		say = append(say, d.private(answerKey(record.ID), req, locale, calls.ErrorCard(record, cause)))
	}
	refused := event(record, "refused", req.User, now)
	if d.repeats(refused) {
		d.putAll(ctx, say)
		return
	}
	err := d.Calls.Create(ctx, record, refused, say...)
	if errors.Is(err, calls.ErrDuplicate) {
		return
	}
	d.logCause(record, cause)
	if err != nil {
		d.unwritten(refused)
		d.Log.Error("refusal not recorded", zap.String("user", req.User), zap.Error(err))
		for _, answer := range say {
			d.tellDirectly(ctx, answer)
		}
	}
}

// firstWord is all that is kept of a line that is no command: people type passwords into the wrong window, and the
// audit record is for ever.
func firstWord(line string) string {
	first, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if rest != "" {
		return clip(first, 32) + " …"
	}
	return clip(first, 32)
}

// fail ends a call that could not go on, and says so: in private when only the requester was refused, else where it was seen.
func (d *Dispatcher) fail(ctx context.Context, r calls.Record, state calls.State, cause error) error {
	d.logCause(r, cause)
	seen := r.State != calls.Accepted || r.Schedule != 0 // nobody sits in front of a scheduled call
	r.State, r.Outcome = state, outcomeOf(cause)
	if r.FinishedAt.IsZero() {
		r.FinishedAt = d.Now()
	}
	answer := d.failure(r, seen, cause)
	if e, ok := errors.AsType[*k8sops.Error](cause); ok {
		answer.Card = r.OfferUndo(d.Catalog, e.Undo, answer.Card)
	}
	var say []messages.Outbound
	if seen || d.Quota.MayAnswer(r.Source.User, d.Now()) {
		say = append(say, answer)
	}
	if err := d.recordFailure(ctx, r, string(state), say...); err != nil {
		return err
	}
	if seen {
		d.recordInIncident(ctx, r, incident.EntryCommand, r.Source.User, timelineText(r))
	}
	return nil
}

func (d *Dispatcher) failure(r calls.Record, seen bool, cause error) messages.Outbound {
	card := calls.ErrorCard(r, cause)
	if seen {
		return d.answer(r, card)
	}
	req := Request{User: r.Source.User, Channel: r.Source.Channel, ThreadTS: r.Source.ThreadTS, ResponseURL: r.ResponseURL, At: r.CreatedAt}
	return d.private(answerKey(r.ID), req, r.Locale, d.pinned(r, card))
}

// update stores r with its audit event and what is to be said, and keeps its version current.
func (d *Dispatcher) update(ctx context.Context, r *calls.Record, action, actor string, say ...messages.Outbound) error {
	return d.updateWith(ctx, r, d.change(*r, action, actor, say...))
}

// updateWith stores changes of which the first is that of r, and keeps its version current.
func (d *Dispatcher) updateWith(ctx context.Context, r *calls.Record, changes ...calls.Change) error {
	if err := d.Calls.Update(ctx, changes...); err != nil {
		return fmt.Errorf("store call %s (%s): %w", r.ID, changes[0].Event.Action, err)
	}
	r.Version++
	r.Unaudited = false
	for _, c := range changes {
		if c.Record.Over() {
			d.secrets.forget(c.Record.ID)
		}
	}
	return nil
}

func (d *Dispatcher) change(r calls.Record, action, actor string, say ...messages.Outbound) calls.Change {
	c := calls.Change{Record: r, Event: event(r, action, actor, d.Now()), Say: say}
	if r.Unaudited {
		c.Requested = event(r, "requested", r.Source.User, r.CreatedAt)
		delete(c.Requested.Details, "outcome")
		c.Record.Unaudited = false
	}
	return c
}

func (d *Dispatcher) putAll(ctx context.Context, say []messages.Outbound) {
	for _, m := range say {
		d.put(ctx, m)
	}
}

// put tells the person directly what it cannot store.
func (d *Dispatcher) put(ctx context.Context, m messages.Outbound) {
	if err := d.Outbox.Put(ctx, m); err != nil {
		d.Log.Error("answer not stored", zap.String("key", m.Key), zap.Error(err))
		d.tellDirectly(ctx, m)
	}
}

func (d *Dispatcher) tellDirectly(ctx context.Context, m messages.Outbound) {
	if m.EphemeralTo == "" || d.Direct == nil {
		return // progress and results: the next try to store them comes
	}
	if err := d.Direct.Tell(ctx, m); err != nil {
		d.Log.Error("answer not shown either", zap.String("key", m.Key), zap.Error(err))
	}
}

func (d *Dispatcher) logCause(r calls.Record, cause error) {
	logCause(d.Log.With(zap.String("call", r.ID), zap.String("command", r.Command), zap.String("user", r.Source.User)), cause)
}

// logCause tells the operator what the person is not shown. A refusal is no fault of opsbot's.
func logCause(log *zap.Logger, cause error) {
	if k8sops.CodeOf(cause) == "" {
		log.Error("call failed", zap.Error(cause))
		return
	}
	log.Info("call refused", zap.Error(cause))
}

// LocaleOf is the language that a person has chosen in Slack, else opsbot's own.
func (d *Dispatcher) LocaleOf(ctx context.Context, user string) string {
	profile, err := d.People.Profile(ctx, user)
	if err != nil || profile.Locale == "" {
		return d.Settings.Locale
	}
	return profile.Locale
}
