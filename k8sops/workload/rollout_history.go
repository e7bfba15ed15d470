package workload

import (
	"context"
	"slices"
	"strconv"
	"time"

	"opsbot/internal/redact"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/k8sops/rollout"
	"opsbot/messages"
)

// rolloutHistory is /rollout history (handbook: 查看更新历史).
type rolloutHistory struct{ kube.Platform }

type historyArgs struct{ Service k8sops.Workload }

func (h rolloutHistory) spec() k8sops.ReadSpec[historyArgs] {
	return k8sops.ReadSpec[historyArgs]{
		Meta: k8sops.Meta{
			Name:     "rollout history",
			Aliases:  []string{"history"},
			Summary:  messages.New("k8sops.history.summary"),
			Examples: []string{"rollout history user"},
			Access:   append(kube.ListWorkloads(), readHistory()...),
			Owners:   []k8sops.Role{k8sops.Everyone},
			On:       kube.RollingKinds(),
		},
		Args: func(a *historyArgs) []k8sops.Arg {
			return []k8sops.Arg{
				{Name: "service", Into: &a.Service, Summary: messages.New("k8sops.arg.service"), Positional: true, Required: true},
			}
		},
		Answer: h.answer,
	}
}

// readHistory is the access that a rollout history takes.
func readHistory() []k8sops.Access {
	return []k8sops.Access{
		{Verb: "list", Group: "apps", Resource: "replicasets"},
		{Verb: "list", Group: "apps", Resource: "controllerrevisions"},
	}
}

func (h rolloutHistory) answer(ctx context.Context, call *k8sops.Call, _ historyArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	w, err := h.Workload(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	revisions, err := rollout.RevisionsOf(ctx, call, w)
	if err != nil {
		return nil, err
	}
	current, offered := rollout.CurrentRevision(w, revisions), numbersBefore(w, revisions)
	slices.Reverse(revisions)
	result := &k8sops.Result{Card: messages.Card{
		Tone:  messages.ToneInfo,
		Title: messages.New("k8sops.history.title", "workload", messages.Code(w.Name), "count", len(revisions), "current", current),
	}}
	if len(revisions) > 0 {
		result.Card.Sections = []messages.Section{{Table: revisionTable(revisions, current, call.Now)}}
	}
	for _, number := range offered {
		result.Suggest = append(result.Suggest, "rollback "+w.Line()+" "+number)
	}
	return result, nil
}

func revisionTable(revisions []rollout.Revision, current int64, now time.Time) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.revision"), Right: true},
		{Title: messages.New("k8sops.column.image")},
		{Title: messages.New("k8sops.column.age"), Right: true},
		{Title: messages.New("k8sops.column.cause")},
	}}
	for _, r := range revisions {
		number := messages.Literal(strconv.FormatInt(r.Number, 10))
		if r.Number == current {
			number = messages.New("k8sops.history.running", "revision", r.Number)
		}
		table.Rows = append(table.Rows, []messages.Text{
			number, messages.Literal(r.Images()), messages.Literal(messages.Age(now, r.Created)), messages.Literal(redact.Text(r.Cause)),
		})
	}
	return table
}
