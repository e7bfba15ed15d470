package backup

import (
	"context"
	"path"
	"slices"
	"strings"

	"opsbot/internal/nearest"
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
		return nil, NoStorage()
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
		return nil, NoStorage()
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

// chooseConfig is the backup of the configuration that an id means. One of another namespace or cluster is named as such.
func (d Deps) chooseConfig(ctx context.Context, call *k8sops.Call, id string) (*Backup, error) {
	if d.Backups == nil {
		return nil, NoStorage()
	}
	all, err := ListConfig(ctx, d.Backups, call.Cluster, call.Namespace)
	if err != nil {
		return nil, err
	}
	b, unknown := chosen(all, id)
	if unknown == nil {
		return b, nil
	}
	if same := matching(all, id); len(same) > 1 {
		return nil, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.restore_config.ambiguous", "id", messages.Code(id)), List: same}
	}
	objects, err := d.Backups.List(ctx, ConfigKind.root())
	if err != nil {
		return nil, err
	}
	for _, object := range objects {
		parts := strings.Split(object.Key, "/")
		if name, isManifest := strings.CutSuffix(path.Base(object.Key), manifestSuffix); isManifest && len(parts) == 4 && strings.HasPrefix(strings.TrimPrefix(name, "config-"), id) {
			return nil, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.restore_config.elsewhere",
				"id", messages.Code(id), "namespace", messages.Code(parts[2]), "cluster", messages.Code(parts[1]))}
		}
	}
	dumps, err := List(ctx, d.Backups, call.Cluster, call.Namespace)
	if at := slices.IndexFunc(dumps, func(b Backup) bool { return b.ID == id }); err == nil && at >= 0 {
		return nil, &k8sops.Error{Code: k8sops.CodeInvalid, Message: messages.New("k8sops.restore_config.is_database", "id", messages.Code(id)), Suggest: []string{"restore db " + id}}
	}
	return nil, unknown
}

func matching(all []Backup, id string) (found []messages.Text) {
	for _, b := range all {
		if strings.HasPrefix(b.ID, id) {
			found = append(found, messages.Literal(b.ID))
		}
	}
	return found
}

func (o restoreConfig) offerConfig(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	if o.Backups == nil {
		return nil, NoStorage()
	}
	all, err := ListConfig(ctx, o.Backups, call.Cluster, call.Namespace)
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

// offerObjects lists what the backup holds.
func (o restoreConfig) offerObjects(ctx context.Context, call *k8sops.Call) ([]k8sops.Choice, error) {
	b, err := o.chooseConfig(ctx, call, call.Args["id"])
	if err != nil {
		return nil, err
	}
	return k8sops.Choices(objectNames(b)...), nil
}

func objectNames(b *Backup) []string {
	names := make([]string, len(b.Objects))
	for i, ref := range b.Objects {
		names[i] = ref.String()
	}
	return names
}

// chosenObjects tells which objects --only means: all of them without it.
func chosenObjects(b *Backup, only string) (func(ObjectRef) bool, error) {
	if only == "" {
		return func(ObjectRef) bool { return true }, nil
	}
	means := func(ref ObjectRef) bool {
		kind, name, _ := strings.Cut(only, "/")
		return name == ref.Name && (strings.EqualFold(kind, ref.Kind) || strings.EqualFold(kind, ref.Kind+"s"))
	}
	if slices.ContainsFunc(b.Objects, means) {
		return means, nil
	}
	e := &k8sops.Error{Code: k8sops.CodeNotFound, Message: messages.New("k8sops.restore_config.unknown_object", "id", messages.Code(b.ID), "only", messages.Code(only))}
	for _, name := range nearest.Names(only, objectNames(b)) {
		e.Suggest = append(e.Suggest, "restore config "+b.ID+" --only "+name)
	}
	return nil, e
}
