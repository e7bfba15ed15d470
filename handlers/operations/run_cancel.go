package operations

import (
	"context"
	"slices"
	"strings"
	"time"

	"opsbot/handlers/calls"
	"opsbot/internal/nearest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// RunControl is the pipeline's say in runs that are under way.
type RunControl interface {
	// UnderWay are the calls that run, or whose step waits for a person's word, oldest first.
	UnderWay(ctx context.Context) ([]calls.Record, error)
	// Stop stops one for a person, who must be allowed to.
	Stop(ctx context.Context, user, channel string, r calls.Record) error
}

// runCancel is /ops cancel: the Stop button for where the button is far away.
type runCancel struct {
	control RunControl
	now     func() time.Time
}

type runCancelArgs struct{ Call string }

// RunOperations are the operations on runs.
func RunOperations(control RunControl, now func() time.Time) []k8sops.Operation {
	return []k8sops.Operation{runCancel{control, now}.spec().Operation()}
}

func (o runCancel) spec() k8sops.ReadSpec[runCancelArgs] {
	return k8sops.ReadSpec[runCancelArgs]{
		Meta: k8sops.Meta{
			Name: "ops cancel", Aliases: []string{"ops runs"}, Summary: messages.New("run.cancel.summary"), Owners: everyone(),
			Examples: []string{"ops cancel", "ops cancel 57948c3e"}, Private: true,
		},
		Args: func(a *runCancelArgs) []k8sops.Arg {
			return []k8sops.Arg{{Name: "call", Into: &a.Call, Summary: messages.New("run.cancel.arg.call"), Positional: true}}
		},
		Answer: o.answer,
	}
}

func (o runCancel) answer(ctx context.Context, call *k8sops.Call, args runCancelArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	running, err := o.control.UnderWay(ctx)
	if err != nil {
		return nil, err
	}
	running = slices.DeleteFunc(running, func(r calls.Record) bool { return r.ID == call.ID })
	if args.Call == "" {
		return o.list(running), nil
	}
	running = slices.DeleteFunc(running, func(r calls.Record) bool { return !strings.HasPrefix(r.ID, args.Call) })
	if len(running) != 1 {
		return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("run.cancel.unknown", "call", messages.Code(args.Call)), Suggest: []string{"ops cancel"}}
	}
	if err := o.control.Stop(ctx, call.Source.User, call.Source.Channel, running[0]); err != nil {
		return nil, err
	}
	return &k8sops.Result{Card: messages.Card{Tone: messages.ToneGood, Title: messages.New("run.cancel.asked", "command", messages.Code("/"+running[0].Command))}}, nil
}

// mostListed is how many runs are listed; more than that is no list to choose from.
const mostListed = 20

func (o runCancel) list(running []calls.Record) *k8sops.Result {
	result := &k8sops.Result{Card: messages.Card{Tone: messages.ToneInfo, Title: messages.New("run.cancel.title", "count", len(running))}}
	for _, r := range running[:min(mostListed, len(running))] {
		result.Card.Sections = append(result.Card.Sections, messages.Paragraph(messages.New("run.cancel.line",
			"call", messages.Code(r.ID), "command", messages.Code("/"+r.Command), "user", messages.User(r.Source.User), "age", o.now().Sub(r.StartedAt).Truncate(time.Second))))
		if len(result.Suggest) < nearest.Max {
			result.Suggest = append(result.Suggest, "ops cancel "+r.ID)
		}
	}
	return result
}
