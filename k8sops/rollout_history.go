package k8sops

import (
	"context"
	"slices"
	"strconv"
	"time"

	"opsbot/messages"
)

// rolloutHistoryOperation is /rollout history (handbook: 查看更新历史).
func rolloutHistoryOperation(d Platform) Operation {
	return Operation{
		Name:    "rollout history",
		Aliases: []string{"history"},
		Summary: messages.New("k8sops.history.summary"),
		Args: []Arg{
			{Name: "service", Summary: messages.New("k8sops.arg.service"), Kind: KindWorkload, Positional: true, Required: true},
		},
		Examples: []string{"rollout history user"},
		Access: []Access{
			{Verb: "list", Group: "apps", Resource: "deployments"},
			{Verb: "get", Group: "apps", Resource: "deployments"},
			{Verb: "list", Group: "apps", Resource: "replicasets"},
		},
		Owners: []Role{Everyone},
		Run:    rolloutHistory{d}.run,
	}
}

type rolloutHistory struct{ Platform }

func (h rolloutHistory) run(ctx context.Context, call *Call, _ *Plan, _ Progress) (*Result, error) {
	d, err := h.workload(ctx, call, "service")
	if err != nil {
		return nil, err
	}
	revisions, err := revisionsOf(call, d.Name)
	if err != nil {
		return nil, err
	}
	slices.Reverse(revisions)
	result := &Result{Card: messages.Card{
		Tone:  messages.ToneInfo,
		Title: messages.New("k8sops.history.title", "workload", messages.Code(d.Name), "count", len(revisions), "current", currentRevision(d)),
	}}
	if len(revisions) > 0 {
		result.Card.Sections = []messages.Section{{Table: revisionTable(revisions, currentRevision(d), call.Now)}}
	}
	for _, r := range revisions {
		if r.Number < currentRevision(d) && len(result.Suggest) < maxSuggestions {
			result.Suggest = append(result.Suggest, "rollback "+d.Name+" "+strconv.FormatInt(r.Number, 10))
		}
	}
	return result, nil
}

func revisionTable(revisions []revision, current int64, now time.Time) *messages.Table {
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
			number, messages.Literal(r.images()), messages.Literal(age(now, r.Set.CreationTimestamp.Time)), messages.Literal(redact(r.cause())),
		})
	}
	return table
}
