package handlers

import (
	"context"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// CallbackRun marks the submission of a form that asks for an operation's arguments (view callback_id).
const CallbackRun = "run"

// ActionForm is a button that opens the form of the operation named by its value.
const ActionForm = "form"

// FormRequest asks for the arguments of an operation in a modal. Its submission carries the arguments by name.
type FormRequest struct {
	Operation *k8sops.Operation
	// Workloads are the names to choose from.
	Workloads []string
	Locale    string
}

// Forms opens modals; a trigger is good for three seconds (SF-3.1).
type Forms interface {
	OpenForm(ctx context.Context, trigger string, f FormRequest) error
}

// openForm asks for what the operation needs. The workloads are listed with the person's own rights, so the form shows
// nothing that the person may not see.
func (d *Dispatcher) openForm(ctx context.Context, a Action) error {
	ctx, cancel := context.WithTimeout(ctx, decisionLimit)
	defer cancel()
	op, err := k8sops.Find(d.Catalog, a.Value)
	if err != nil {
		return unknownPress()
	}
	id, err := d.Identities.Identify(ctx, a.User)
	if err != nil {
		return err
	}
	form := FormRequest{Operation: op, Locale: d.LocaleOf(ctx, a.User)}
	if slices.ContainsFunc(op.Args, func(arg k8sops.Arg) bool { return arg.Kind == k8sops.KindWorkload }) {
		id.Extra = k8sops.Extra(k8sops.Source{User: a.User, Channel: a.Channel}, d.NewID())
		client, err := d.Cluster.As(id)
		if err != nil {
			return err
		}
		if form.Workloads, err = kube.WorkloadNames(ctx, client, d.Cluster.Namespace); err != nil {
			return err
		}
	}
	return d.Forms.OpenForm(ctx, a.TriggerID, form)
}

// Submit handles a submitted form. It has no channel, so the answer goes into the person's direct messages.
func (d *Dispatcher) Submit(ctx context.Context, s Submission) {
	req := Request{SourceID: s.ID, User: s.User, Channel: s.User, At: s.At}
	op, err := d.submitted(s)
	if err != nil {
		d.Log.Warn("submission of an unknown form", zap.String("callback", s.CallbackID), zap.String("metadata", s.Metadata), zap.Error(err))
		d.put(ctx, d.private("press/"+s.ID, req, d.LocaleOf(ctx, s.User), ErrorCard(Record{}, unknownPress())))
		return
	}
	req.Line = k8sops.Canonical(op, arguments(op, s.Values))
	d.submit(ctx, req)
}

// ValidateSubmission checks a form before it closes; what it returns stands at the input with that name.
func (d *Dispatcher) ValidateSubmission(_ context.Context, s Submission) map[string]messages.Text {
	op, err := d.submitted(s)
	if err != nil {
		return nil
	}
	problems := map[string]messages.Text{}
	for name, value := range arguments(op, s.Values) {
		if err := k8sops.CheckArg(op, name, value); err != nil {
			problems[name] = ErrorCard(Record{}, err).Title
		}
	}
	return problems
}

func (d *Dispatcher) submitted(s Submission) (*k8sops.Operation, error) {
	if s.CallbackID != CallbackRun {
		return nil, fmt.Errorf("callback %q", s.CallbackID)
	}
	return k8sops.Find(d.Catalog, s.Metadata)
}

// arguments are the declared values that were filled in.
func arguments(op *k8sops.Operation, values map[string]string) k8sops.Args {
	args := k8sops.Args{}
	for _, a := range op.Args {
		if v := values[a.Name]; v != "" {
			args[a.Name] = v
		}
	}
	return args
}
