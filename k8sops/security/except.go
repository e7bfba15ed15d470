package security

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/messages"
	"opsbot/runs"
)

// except is /security except: somebody answers for a finding, with a reason and for a time. It changes nothing on the cluster, so it is a read to
// the gate.
type except struct{ Deps }

type exceptArgs struct {
	Finding, Reason string
	Until           k8sops.Time
}

func (o except) spec() k8sops.ReadSpec[exceptArgs] {
	return k8sops.ReadSpec[exceptArgs]{
		Meta: k8sops.Meta{
			Name:     "security except",
			Summary:  messages.New("k8sops.security.except.summary"),
			Examples: []string{`security except image-1a2b3c4d --reason "built nightly, not reachable" --until "2027-03-01 09:00"`},
			Access:   access(),
			Owners:   owners(),
		},
		Args: func(a *exceptArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "finding", Into: &a.Finding, Summary: messages.New("k8sops.security.except.arg.finding"), Positional: true, Required: true, Offer: o.offer, OfferMore: true},
				{Name: "reason", Into: &a.Reason, Summary: messages.New("k8sops.security.except.arg.reason"), Required: true},
				{Name: "until", Into: &a.Until, Summary: messages.New("k8sops.security.except.arg.until"), Required: true},
			}
		},
		Answer: o.answer,
	}
}

// offer lists the findings of the last look.
func (o except) offer(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	if o.Memory == nil {
		return nil, nil
	}
	r, err := o.Memory.SecurityRecord(ctx, call.Cluster, call.Namespace)
	return k8sops.Choices(slices.Sorted(maps.Keys(r.Since))...), err
}

func (o except) answer(ctx context.Context, call *k8sops.Call, args exceptArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	if o.Memory == nil {
		return nil, &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.security.except.no_memory")}
	}
	until, err := o.until(ctx, call, args)
	if err != nil {
		return nil, err
	}
	id := strings.ToLower(args.Finding)
	exception := Exception{Reason: redact.Text(strings.TrimSpace(args.Reason)), By: call.Identity.User, Until: until.UTC(), At: call.Now.UTC()}
	err = o.Memory.UpdateSecurityRecord(ctx, call.Cluster, call.Namespace, func(r *Record) error {
		if _, found := r.Since[id]; !found {
			return &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.security.except.unknown", "finding", messages.Code(args.Finding)), Suggest: []string{"security"}}
		}
		if r.Exceptions == nil {
			r.Exceptions = map[string]Exception{}
		}
		r.Exceptions[id] = exception
		return nil
	})
	if err != nil {
		return nil, k8sops.Explain("except "+id, err)
	}
	return &k8sops.Result{Suggest: []string{"security"}, Card: messages.Card{Tone: messages.ToneGood, Title: messages.New("k8sops.security.except.done",
		"finding", messages.Code(id), "until", messages.Date(exception.Until), "by", exception.By, "reason", exception.Reason)}}, nil
}

func (o except) until(ctx context.Context, call *k8sops.Call, args exceptArgs) (time.Time, error) {
	now := call.Now.In(o.ZoneOf(ctx, call.Source.User))
	until, err := runs.ParseTime(string(args.Until), now, now)
	if problem, ok := errors.AsType[*runs.TimeError](err); ok {
		return until, &k8sops.Error{Code: k8sops.CodeInvalid, Message: problem.Message, Hint: messages.New("k8sops.security.except.time_hint")}
	}
	if err != nil {
		return until, err
	}
	return until, nil
}
