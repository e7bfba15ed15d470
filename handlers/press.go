package handlers

import (
	"context"

	"go.uber.org/zap"

	"opsbot/handlers/calls"
	"opsbot/k8sops"
	"opsbot/messages"
)

// refusePress tells the person alone why a press did nothing, and the audit record that it was tried. r is the call
// that the press was about, the zero Record where there is none.
func (d *Dispatcher) refusePress(ctx context.Context, a Action, r calls.Record, cause error) {
	if r.ID == "" {
		r = d.noCall(k8sops.Source{User: a.User, Channel: a.Channel})
	}
	logCause(d.Log.With(zap.String("action", a.Name), zap.String("value", a.Value), zap.String("user", a.User), zap.String("call", r.ID)), cause)
	d.auditPress(ctx, a, r, cause)
	req := Request{User: a.User, Channel: a.Channel, ThreadTS: a.ThreadTS, At: d.Now()}
	if a.ThreadTS == a.MessageTS {
		req.ThreadTS = "" // pressed on the root, in the channel: there the person looks, not into its thread
	}
	if d.Quota.MayAnswer(a.User, d.Now()) {
		d.put(ctx, d.private("press/"+a.ID, req, d.LocaleOf(ctx, a.User), calls.ErrorCard(r, cause)))
	}
}

// noCall stands for a call where a press or a pin is about none.
func (d *Dispatcher) noCall(source k8sops.Source) calls.Record {
	cluster := d.Clusters.Default()
	return calls.Record{ID: d.NewID(), Cluster: cluster.Name, Namespace: cluster.Namespace, Source: source}
}

func (d *Dispatcher) auditPress(ctx context.Context, a Action, r calls.Record, cause error) {
	if d.Audit == nil {
		return
	}
	r.Outcome = outcomeOf(cause)
	if err := d.Audit.Audit(ctx, event(r, "refused press: "+a.Name, a.User, d.Now())); err != nil {
		d.Log.Error("refused press not recorded", zap.String("action", a.Name), zap.String("user", a.User), zap.Error(err))
	}
}

// guide takes the next step of a guided run.
func (d *Dispatcher) guide(ctx context.Context, a Action) {
	err := unknownPress()
	if d.Guided != nil {
		err = d.Guided.Press(ctx, a)
	}
	d.answerPress(ctx, a, calls.Record{}, err)
}

// Take makes the call of a step of a guided run. What comes of it stands in the call's record; there is none where it was refused like
// one before.
func (d *Dispatcher) Take(ctx context.Context, req Request) { d.submit(ctx, req) }

// PressRequest is the press of a button as the wish to make a call.
func PressRequest(a Action, call *k8sops.Invocation) Request {
	req := a.request("")
	req.Call = call
	return req
}

func unknownPress() error {
	return &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("press.unknown")}
}
