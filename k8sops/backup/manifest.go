package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"opsbot/k8sops"
)

// Backup is the manifest that stands beside a stored dump. It is written after the dump, so that a dump without one is a
// backup that was never finished.
type Backup struct {
	ID string `json:"id"`
	// Kind is what was backed up: "" is the database.
	Kind      Kind      `json:"kind,omitempty"`
	Cluster   string    `json:"cluster"`
	Namespace string    `json:"namespace"`
	Database  string    `json:"database,omitempty"`
	Object    string    `json:"object"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	// Size is what is stored, DumpSize what pg_dump wrote, in bytes. SHA256 is of what is stored.
	Size     int64  `json:"size"`
	DumpSize int64  `json:"dump_size"`
	SHA256   string `json:"sha256"`
	// Recipients are whom the dump is encrypted for; none: it is not.
	Recipients []string `json:"recipients,omitempty"`
	// Tables are what the database held at the very moment of the dump; nil of backups of older opsbots.
	Tables []Table `json:"tables,omitempty"`
	// Objects are what a backup of the configuration holds, in the order in which they are restored; LeftOut is what it does not.
	Objects []ObjectRef `json:"objects,omitempty"`
	LeftOut []LeftOut   `json:"left_out,omitempty"`
	// Files are what a backup of files is of; nil: it is none.
	Files *Files `json:"files,omitempty"`
	// Drill is the last time that the backup was really restored; nil means never.
	Drill *Drill `json:"drill,omitempty"`
	// VerifiedAt is when pg_restore last read the stored object to its end; zero means never.
	VerifiedAt time.Time `json:"verified_at,omitzero"`
	// CheckedAt is when the checksum of the stored object was last right, where opsbot has no identity to read it.
	CheckedAt time.Time `json:"checked_at,omitzero"`
}

// Drill is one restore for proof, into a database of its own.
type Drill struct {
	At time.Time `json:"at"`
	// Took is how long the restore took: what to count on when it is needed.
	Took   time.Duration `json:"took"`
	Tables int           `json:"tables"`
	Rows   int64         `json:"rows"`
	By     string        `json:"by"`
}

// Files are where the files of a backup were, and how much there was of them.
type Files struct {
	Workload  string `json:"workload"` // KIND/NAME
	Pod       string `json:"pod"`
	Container string `json:"container"`
	Path      string `json:"path"`
	// Entries are files, directories and links; Bytes what is in the files.
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
	// Changed are complaints of tar about files that changed while they were read.
	Changed []string `json:"changed,omitempty"`
}

// Kind is what a backup is of.
type Kind string

// The kinds of backup.
const (
	DatabaseKind Kind = ""
	ConfigKind   Kind = "config"
	FilesKind    Kind = "files"
)

func kinds() []Kind { return []Kind{DatabaseKind, ConfigKind, FilesKind} }

// subject is what a backup is of. Of each subject a verified backup is kept for ever: one of other files is none of these.
func (b *Backup) subject() string {
	if b.Files == nil {
		return string(b.Kind)
	}
	return strings.Join([]string{string(b.Kind), b.Files.Workload, b.Files.Container, b.Files.Path}, "\x00")
}

// root begins the keys of all backups of a kind.
func (k Kind) root() string {
	if k == DatabaseKind {
		return backupRoot
	}
	return string(k) + "/"
}

// suffix ends the key of what is stored, before that of encryption.
func (k Kind) suffix() string {
	switch k {
	case ConfigKind:
		return configSuffix
	case FilesKind:
		return filesSuffix
	}
	return dumpSuffix
}

// prefix begins the keys of a namespace's backups.
func (k Kind) prefix(cluster, namespace string) string {
	return k.root() + cluster + "/" + namespace + "/"
}

const (
	backupRoot     = "database/"
	dumpSuffix     = ".dump.zst"
	configSuffix   = ".jsonl.zst"
	filesSuffix    = ".tar.zst"
	sealedSuffix   = ".age"
	manifestSuffix = ".json"
)

func backupPrefix(cluster, namespace string) string { return DatabaseKind.prefix(cluster, namespace) }

func (b *Backup) manifestKey() string {
	name, _ := dumpName(b.Object)
	return name + manifestSuffix
}

// dumpName is the key of a dump without its suffix; false for what is no dump.
func dumpName(key string) (name string, isDump bool) {
	key = strings.TrimSuffix(key, sealedSuffix)
	for _, kind := range kinds() {
		if name, ok := strings.CutSuffix(key, kind.suffix()); ok {
			return name, true
		}
	}
	return key, false
}

// Save writes the manifest beside the dump.
func (b *Backup) Save(ctx context.Context, store Store) error {
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("manifest of backup %s: %w", b.ID, err)
	}
	_, err = store.Put(ctx, b.manifestKey(), bytes.NewReader(data))
	return err
}

// List lists the finished backups of the database of one namespace, newest first. One whose manifest cannot be read is left out.
func List(ctx context.Context, store Store, cluster, namespace string) ([]Backup, error) {
	backups, _, err := listBackups(ctx, store, DatabaseKind.prefix(cluster, namespace))
	return backups, err
}

// ListConfig lists the finished backups of the configuration of one namespace, newest first.
func ListConfig(ctx context.Context, store Store, cluster, namespace string) ([]Backup, error) {
	backups, _, err := listBackups(ctx, store, ConfigKind.prefix(cluster, namespace))
	return backups, err
}

// ListFiles lists the finished backups of files of one namespace, newest first.
func ListFiles(ctx context.Context, store Store, cluster, namespace string) ([]Backup, error) {
	backups, _, err := listBackups(ctx, store, FilesKind.prefix(cluster, namespace))
	return backups, err
}

// LastBackup looks into a store for Platform.LastBackup.
func LastBackup(store Store) func(ctx context.Context, cluster, namespace string) (int, time.Time, error) {
	return func(ctx context.Context, cluster, namespace string) (count int, verified time.Time, err error) {
		backups, err := List(ctx, store, cluster, namespace)
		for _, b := range backups {
			if !b.VerifiedAt.IsZero() {
				return len(backups), b.CreatedAt, nil
			}
		}
		return len(backups), time.Time{}, err
	}
}

// listBackups also gives the keys of the manifests that cannot be read: one of them must hide neither the other backups nor
// itself.
func listBackups(ctx context.Context, store Store, prefix string) (backups []Backup, unreadable []string, err error) {
	objects, err := store.List(ctx, prefix)
	if err != nil {
		return nil, nil, err
	}
	for _, object := range objects {
		key := object.Key
		if !strings.HasSuffix(key, manifestSuffix) {
			continue
		}
		switch b, err := loadBackup(ctx, store, key); {
		case ctx.Err() != nil:
			return nil, nil, explain(fmt.Errorf("list backups: %w", context.Cause(ctx)))
		case k8sops.CodeOf(err) == k8sops.CodeNotFound: // removed since it was listed
		case err != nil:
			unreadable = append(unreadable, key)
		default:
			backups = append(backups, b)
		}
	}
	slices.SortFunc(backups, func(a, b Backup) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return backups, unreadable, nil
}

func loadBackup(ctx context.Context, store Store, key string) (b Backup, err error) {
	r, err := store.Open(ctx, key)
	if err != nil {
		return Backup{}, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := json.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&b); err != nil {
		return Backup{}, fmt.Errorf("manifest %s: %w", key, err)
	}
	// What a manifest names is what Prune removes.
	if b.manifestKey() != key {
		return Backup{}, fmt.Errorf("manifest %s: it belongs to %q", key, b.Object)
	}
	return b, nil
}
