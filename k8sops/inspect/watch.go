package inspect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/k8sops/stream"
	"opsbot/messages"
)

// watch is /watch (handbook: watch kubectl get pods, top, get hpa): one message that is kept current for a time, and has a Stop button.
type watch struct {
	kube.Platform
	// reads are the operations that can be watched, by the word that a person types.
	reads map[string]k8sops.Operation
}

type watchArgs struct {
	What string
	For  time.Duration
}

// How often a live view is looked at, and how long at most: a run has half an hour.
const (
	watchEvery = 5 * time.Second
	watchMost  = 25 * time.Minute
)

// Watch is /watch over some operations that only look, and over pods.
func Watch(p kube.Platform, reads map[string]k8sops.Operation) k8sops.Operation {
	return watch{p, reads}.spec().Operation()
}

func (w watch) spec() k8sops.ReadSpec[watchArgs] {
	access := []k8sops.Access{{Verb: "list", Resource: "pods"}}
	choices := []string{"pods"}
	for name, op := range w.reads {
		choices = append(choices, name)
		for _, a := range op.Access {
			if !slices.Contains(access, a) {
				access = append(access, a)
			}
		}
	}
	slices.Sort(choices)
	slices.SortFunc(access, func(a, b k8sops.Access) int { return strings.Compare(a.Verb+a.ResourceName(), b.Verb+b.ResourceName()) })
	return k8sops.ReadSpec[watchArgs]{
		Meta: k8sops.Meta{
			Name:     "watch",
			Summary:  messages.New("k8sops.watch.summary"),
			Examples: []string{"watch pods", "watch top --for 5m", "watch hpa"},
			Access:   access,
			Owners:   []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *watchArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "what", Into: &a.What, Summary: messages.New("k8sops.watch.arg.what"), Positional: true, Default: "pods", Choices: choices},
				{Name: "for", Into: &a.For, Summary: messages.New("k8sops.watch.arg.for"), Default: "10m"},
			}
		},
		Answer: w.answer,
	}
}

// answer keeps the view current until the time is up or a person stops it. Either way the last view is the answer.
func (w watch) answer(ctx context.Context, call *k8sops.Call, args watchArgs, progress k8sops.Progress) (*k8sops.Result, error) {
	if args.For > watchMost {
		return nil, k8sops.Invalid(messages.New("k8sops.watch.too_long", "most", watchMost))
	}
	until := w.Now().Add(args.For)
	watching, cancel := context.WithTimeout(ctx, args.For)
	defer cancel()
	for {
		now := *call
		now.Now = w.Now()
		result, err := w.look(ctx, &now, args)
		switch {
		case err != nil:
			return nil, err
		case watching.Err() != nil:
			result.Card.Footer = append(result.Card.Footer, messages.New("k8sops.watch.over", "for", args.For))
			return result, nil
		}
		live := result.Card
		live.Footer = append(slices.Clone(live.Footer), messages.New("k8sops.watch.live", "every", watchEvery, "left", until.Sub(now.Now).Truncate(time.Second)))
		progress.Show(live)
		_ = rollout.Sleep(watching, watchEvery) // what ends it, the contexts say
		switch cause := context.Cause(ctx); {
		case cause == nil:
		case errors.Is(cause, k8sops.ErrHandOver), errors.Is(cause, context.DeadlineExceeded):
			return nil, k8sops.Explain("watch "+args.What, cause)
		default:
			result.Card.Footer = append(result.Card.Footer, messages.New("k8sops.watch.stopped"))
			return result, nil
		}
	}
}

// look is the view at one moment.
func (w watch) look(ctx context.Context, call *k8sops.Call, args watchArgs) (*k8sops.Result, error) {
	op, isRead := w.reads[args.What]
	if !isRead {
		return w.pods(ctx, call)
	}
	call.Operation, call.Args = &op, k8sops.Args{}
	return op.Answer(ctx, call, nothingToReport{})
}

type nothingToReport struct{}

func (nothingToReport) Report(int, int, messages.Text) {}
func (nothingToReport) Show(messages.Card)             {}

// watchedPods is how many pods are shown; those in trouble come first.
const watchedPods = 30

func (w watch) pods(ctx context.Context, call *k8sops.Call) (*k8sops.Result, error) {
	var pods []podState
	err := eachPod(ctx, call, stream.Listing{}, func(pod *corev1.Pod) { pods = append(pods, podStateOf(pod)) })
	if err != nil {
		return nil, k8sops.Explain("list pods in "+call.Namespace, err)
	}
	ready, tone := 0, messages.ToneGood
	for _, p := range pods {
		if p.ready || p.phase == corev1.PodSucceeded {
			ready++
		}
		if p.problem(call.Now) != "" {
			tone = messages.ToneWarning
		}
	}
	troubled := func(p podState) int {
		if p.ready {
			return 1
		}
		return 0
	}
	slices.SortFunc(pods, func(a, b podState) int {
		return cmp.Or(cmp.Compare(troubled(a), troubled(b)), strings.Compare(a.name, b.name))
	})
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.pod")},
		{Title: messages.New("k8sops.column.state")},
		{Title: messages.New("k8sops.column.restarts"), Right: true},
		{Title: messages.New("k8sops.column.age"), Right: true},
	}}
	for _, p := range pods[:min(watchedPods, len(pods))] {
		state := cmp.Or(p.trouble, string(p.phase))
		if p.phase == corev1.PodRunning && !p.ready && p.trouble == "" {
			state = "NotReady"
		}
		table.Rows = append(table.Rows, k8sops.Literals(p.name, state, strconv.Itoa(int(p.restarts)), messages.Age(call.Now, p.since)))
	}
	card := messages.Card{
		Tone:     tone,
		Title:    messages.New("k8sops.watch.pods", "ready", ready, "count", len(pods), "namespace", messages.Code(call.Namespace)),
		Sections: []messages.Section{{Table: table}},
	}
	if more := len(pods) - watchedPods; more > 0 {
		card.Footer = []messages.Text{messages.New("k8sops.watch.more", "count", more)}
	}
	return &k8sops.Result{Card: card}, nil
}
