package backup

import (
	"context"
	"strings"

	"opsbot/k8sops"
	"opsbot/messages"
)

// latest stands for the newest backup that was really restored once; where none was, for the newest.
const latest = "latest"

// newestProven prefers what is proven: the newest may be the safety backup that a restore has just made of damaged data.
func newestProven(all []Backup) *Backup {
	for i := range all {
		if all[i].Drill != nil {
			return &all[i]
		}
	}
	return &all[0]
}

// choose is the backup of that id, or of the only one that begins with it; the newest where none is asked for.
func (d Deps) choose(ctx context.Context, call *k8sops.Call, id string) (*Backup, error) {
	if d.Backups == nil {
		return nil, noStorage()
	}
	all, err := List(ctx, d.Backups, call.Cluster, call.Namespace)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.backups.none", "namespace", messages.Code(call.Namespace)), Suggest: []string{"backup db"}}
	}
	return chosen(all, id)
}

// chosen is the backup of that id, or of the only one that begins with it; the newest where none is asked for.
func chosen(all []Backup, id string) (*Backup, error) {
	if id == "" {
		return &all[0], nil
	}
	if id == latest {
		return newestProven(all), nil
	}
	var found []*Backup
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
		if strings.HasPrefix(all[i].ID, id) {
			found = append(found, &all[i])
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	// The newest are likely; which of them is meant nobody can guess, so they are shown and not proposed.
	return nil, &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.backups.unknown", "id", messages.Code(id)), Suggest: []string{"backups"}}
}

// offer lists the backups for a form, the newest first.
func (d Deps) offer(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	if d.Backups == nil {
		return nil, noStorage()
	}
	all, err := List(ctx, d.Backups, call.Cluster, call.Namespace)
	if err != nil {
		return nil, err
	}
	choices := make([]k8sops.Choice, len(all))
	for i, b := range all {
		choices[i] = k8sops.Choice{Value: b.ID, Label: messages.New("k8sops.backups.choice",
			"id", b.ID, "age", messages.Age(call.Now, b.CreatedAt), "size", messages.Bytes(b.DumpSize))}
	}
	return choices, nil
}
