package inspect

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"opsbot/internal/pattern"
	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// events is /events (handbook: 查看最近事件).
type events struct{ kube.Platform }

type eventsArgs struct {
	Service  k8sops.Workload
	Since    time.Duration
	Warnings bool
}

func (e events) spec() k8sops.ReadSpec[eventsArgs] {
	return k8sops.ReadSpec[eventsArgs]{
		Meta: k8sops.Meta{
			Name:     "events",
			Summary:  messages.New("k8sops.events.summary"),
			Examples: []string{"events", "events user --since 15m --warnings"},
			Access:   append(kube.ListWorkloads(), k8sops.Access{Verb: "list", Resource: "events"}),
			Owners:   []k8sops.Role{k8sops.Everyone},
		},
		Args: func(a *eventsArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true},
				{Name: "since", Into: &a.Since, Summary: messages.New("k8sops.events.arg.since"), Default: "1h"},
				{Name: "warnings", Into: &a.Warnings, Summary: messages.New("k8sops.events.arg.warnings")},
			}
		},
		Answer: e.answer,
	}
}

// eventGroups is how many groups are shown.
const eventGroups = 40

func (e events) answer(ctx context.Context, call *k8sops.Call, args eventsArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	keep, err := e.belongsTo(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	since := args.Since
	groups, err := gatherEvents(ctx, call, args.Warnings, call.Now.Add(-since), keep)
	if err != nil {
		return nil, err
	}
	if len(groups) == 0 {
		return &k8sops.Result{Card: messages.Card{Tone: messages.ToneGood,
			Title: messages.New("k8sops.events.none", "since", since, "namespace", messages.Code(call.Namespace))}}, nil
	}
	total, warnings := 0, 0
	for _, g := range groups {
		total += g.count
		if g.warning {
			warnings += g.count
		}
	}
	tone := messages.ToneInfo
	if warnings > 0 {
		tone = messages.ToneWarning
	}
	card := messages.Card{
		Tone:     tone,
		Title:    messages.New("k8sops.events.title", "count", total, "warnings", warnings, "since", since, "namespace", messages.Code(call.Namespace)),
		Sections: []messages.Section{{Table: eventTable(groups[:min(eventGroups, len(groups))], call.Now)}},
	}
	if more := len(groups) - eventGroups; more > 0 {
		card.Footer = []messages.Text{messages.New("k8sops.events.more", "count", more)}
	}
	return &k8sops.Result{Card: card}, nil
}

// eventGroup is what happened to one object, or to objects that differ in generated names only.
type eventGroup struct {
	warning                 bool
	reason, object, message string
	count                   int
	last                    time.Time
}

// gatherEvents groups the events since a moment, newest first.
func gatherEvents(ctx context.Context, call *k8sops.Call, warningsOnly bool, since time.Time, keep func(object string) bool) ([]eventGroup, error) {
	groups := map[[3]string]*eventGroup{}
	err := kube.EachEvent(ctx, call.Client, call.Namespace, warningsOnly, func(event *corev1.Event) {
		if !kube.LastSeen(event).Before(since) && keep(event.InvolvedObject.Name) {
			addEvent(groups, event)
		}
	})
	if err != nil {
		return nil, err
	}
	var sorted []eventGroup
	for _, g := range groups {
		sorted = append(sorted, *g)
	}
	slices.SortFunc(sorted, func(a, b eventGroup) int {
		return cmp.Or(b.last.Compare(a.last), strings.Compare(a.object, b.object), strings.Compare(a.reason, b.reason))
	})
	return sorted, nil
}

// belongsTo says whether an object belongs, by its name, to the workload that the argument names; every object does
// where it names none.
func (e events) belongsTo(ctx context.Context, call *k8sops.Call, arg string) (func(object string) bool, error) {
	if call.Args[arg] == "" {
		return func(string) bool { return true }, nil
	}
	wanted, err := e.Workload(ctx, call, arg)
	if err != nil {
		return nil, err
	}
	workloads, err := kube.List(ctx, call, labels.Everything())
	if err != nil {
		return nil, err
	}
	names := []string{wanted.Name}
	for _, w := range workloads {
		names = append(names, w.Name)
	}
	return func(object string) bool { return ownerByName(object, names) == wanted.Name }, nil
}

func addEvent(groups map[[3]string]*eventGroup, event *corev1.Event) {
	object := kube.ShortKind(event.InvolvedObject.Kind) + "/" + kube.WithoutSuffix(event.InvolvedObject.Kind, event.InvolvedObject.Name)
	key := [3]string{event.Reason, object, pattern.Of(event.Message)}
	g := groups[key]
	if g == nil {
		g = &eventGroup{warning: event.Type == corev1.EventTypeWarning, reason: event.Reason, object: object}
		groups[key] = g
	}
	g.count += kube.Occurrences(event)
	if at := kube.LastSeen(event); !at.Before(g.last) {
		g.last, g.message = at, redact.Text(event.Message)
	}
}

// ownerByName is the workload that an object belongs to by its name: the workload itself, its replica sets, pods and
// autoscaler. user-service-v2-… does not belong to user-service where both are candidates.
func ownerByName(object string, workloads []string) string {
	best := ""
	for _, name := range workloads {
		if (object == name || strings.HasPrefix(object, name+"-")) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

func eventTable(groups []eventGroup, now time.Time) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.last"), Right: true},
		{Title: messages.Literal("×"), Right: true},
		{Title: messages.New("k8sops.column.kind")},
		{Title: messages.New("k8sops.column.object")},
		{Title: messages.New("k8sops.column.message")},
	}}
	for _, g := range groups {
		kind := g.reason
		if g.warning {
			kind = "⚠ " + kind
		}
		table.Rows = append(table.Rows, k8sops.Literals(messages.Age(now, g.last), strconv.Itoa(g.count), messages.Clip(kind, 22), messages.Clip(g.object, 26), messages.Clip(g.message, 160)))
	}
	return table
}
