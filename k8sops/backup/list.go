package backup

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
	"opsbot/messages"
)

// backups is /backups: what could be restored. The list itself asks nothing of Kubernetes; who may see it is
// whoever may make a backup.
type backups struct{ Deps }

type listArgs struct{}

func (b backups) spec() k8sops.ReadSpec[listArgs] {
	return k8sops.ReadSpec[listArgs]{
		Meta: k8sops.Meta{
			Name:     "backups",
			Aliases:  []string{"backup list"},
			Summary:  messages.New("k8sops.backups.summary"),
			Examples: []string{"backups"},
			Access:   backupAccess(),
			Owners:   []k8sops.Role{k8sops.System, k8sops.DBA},
		},
		Answer: b.answer,
	}
}

func (b backups) answer(ctx context.Context, call *k8sops.Call, _ listArgs, _ k8sops.Progress) (*k8sops.Result, error) {
	if b.Backups == nil {
		return nil, NoStorage()
	}
	var list []Backup
	var unreadable []string
	for _, kind := range kinds() {
		found, broken, err := listBackups(ctx, b.Backups, kind.prefix(call.Cluster, call.Namespace))
		if err != nil {
			return nil, err
		}
		list, unreadable = append(list, found...), append(unreadable, broken...)
	}
	slices.SortStableFunc(list, func(a, b Backup) int { return b.CreatedAt.Compare(a.CreatedAt) })
	result := b.result(call, list)
	if len(unreadable) > 0 {
		result.Card.Tone = messages.ToneWarning
		result.Card.Footer = append(result.Card.Footer,
			messages.New("k8sops.backups.unreadable", "count", len(unreadable), "keys", messages.Clip(strings.Join(unreadable, ", "), 500)))
	}
	return result, nil
}

func (b backups) result(call *k8sops.Call, list []Backup) *k8sops.Result {
	if len(list) == 0 {
		return &k8sops.Result{
			Card:    messages.Card{Tone: messages.ToneWarning, Title: messages.New("k8sops.backups.none", "namespace", messages.Code(call.Namespace))},
			Suggest: []string{"backup db"},
		}
	}
	tone := messages.ToneGood
	verified := map[string]bool{}
	for i := range list {
		verified[list[i].subject()] = verified[list[i].subject()] || !list[i].VerifiedAt.IsZero()
	}
	if slices.Contains(slices.Collect(maps.Values(verified)), false) {
		tone = messages.ToneWarning
	}
	footer := []messages.Text{messages.New("k8sops.backups.retention", "keep", b.Retention)}
	unread := 0
	for i := range list {
		if !b.canRead(&list[i]) {
			unread++
		}
	}
	if unread > 0 {
		footer = append(footer, messages.New("k8sops.backups.unread", "count", unread))
	}
	return &k8sops.Result{Card: messages.Card{
		Tone:     tone,
		Title:    messages.New("k8sops.backups.title", "count", len(list), "age", call.Now.Sub(list[0].CreatedAt)),
		Sections: []messages.Section{{Table: backupTable(list, call.Now)}},
		Footer:   footer,
	}}
}

func backupTable(list []Backup, now time.Time) *messages.Table {
	table := &messages.Table{Columns: []messages.Column{
		{Title: messages.New("k8sops.column.backup")},
		{Title: messages.New("k8sops.column.kind")},
		{Title: messages.New("k8sops.column.age"), Right: true},
		{Title: messages.New("k8sops.column.size"), Right: true},
		{Title: messages.New("k8sops.column.verified")},
		{Title: messages.New("k8sops.column.by")},
	}}
	for _, b := range list {
		verified := messages.New("k8sops.backups.unverified")
		switch {
		case !b.VerifiedAt.IsZero():
			verified = messages.New("k8sops.ago", "age", now.Sub(b.VerifiedAt))
		case !b.CheckedAt.IsZero():
			verified = messages.New("k8sops.backups.checked", "age", now.Sub(b.CheckedAt))
		}
		table.Rows = append(table.Rows, []messages.Text{
			messages.Literal(b.ID), b.what(), messages.Literal(messages.Duration(now.Sub(b.CreatedAt))), messages.Literal(messages.Bytes(b.Size)),
			verified, messages.Literal(b.CreatedBy),
		})
	}
	return table
}

// what says what a backup is of.
func (b *Backup) what() messages.Text {
	switch {
	case b.Files != nil:
		return messages.New("k8sops.backups.kind.files", "path", b.Files.Path, "workload", b.Files.Workload)
	case b.Kind == ConfigKind:
		return messages.New("k8sops.backups.kind.config")
	}
	return messages.New("k8sops.backups.kind.database")
}
