package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"opsbot/artifacts"
	"opsbot/k8sops"
	"opsbot/k8sops/kube"
	"opsbot/messages"
)

// backupDatabase is /backup db (handbook: 数据库备份). pg_dump writes in the database's pod; the stream goes through
// compression and checksum straight to the storage and is never whole in memory or on the bot's disk.
type backupDatabase struct{ Deps }

type databaseArgs struct{}

// databaseState is the backup, once it is stored, and how long that took.
type databaseState struct {
	Backup Backup        `json:"backup"`
	Took   time.Duration `json:"took"`
}

type databaseRun = k8sops.Run[databaseArgs, databaseState]

func (b backupDatabase) spec() k8sops.ChangeSpec[databaseArgs, databaseState] {
	return k8sops.ChangeSpec[databaseArgs, databaseState]{
		Meta: k8sops.Meta{
			Name:         "backup db",
			Aliases:      []string{"backup database"},
			Summary:      messages.New("k8sops.backup.summary"),
			Danger:       k8sops.Change,
			FreezeExempt: true,
			Examples:     []string{"backup db"},
			Access:       backupAccess(),
			Owners:       []k8sops.Role{k8sops.System, k8sops.DBA},
		},
		Plan: b.plan,
		// A dump that was cut short left nothing behind, and one too many does no harm.
		Steps:  []k8sops.Step[databaseArgs, databaseState]{{Name: "dump", Resume: k8sops.Again, Do: b.store}},
		Verify: b.verify,
		Report: func(r *databaseRun) *k8sops.Result {
			return &k8sops.Result{Card: backupCard(&r.State.Backup, r.State.Took), Suggest: []string{"backups"}}
		},
		// A backup takes nothing away, so there is nothing to undo.
	}
}

func backupAccess() []k8sops.Access {
	return append(slices.Concat(kube.ExecAccess(false), kube.ListWorkloads()), k8sops.Access{Verb: "list", Resource: "pods"})
}

func (b backupDatabase) plan(ctx context.Context, call *k8sops.Call, _ databaseArgs) (*k8sops.Plan, databaseState, error) {
	if b.Backups == nil {
		return nil, databaseState{}, noStorage()
	}
	c, err := b.DatabaseContainer(ctx, call)
	if err != nil {
		return nil, databaseState{}, err
	}
	return &k8sops.Plan{
		Summary: messages.New("k8sops.backup.plan", "database", messages.Code(b.Database.Name), "pod", messages.Code(c.Pod)),
		Danger:  k8sops.Change,
	}, databaseState{}, nil
}

func shortID(id string) string {
	if len(id) > 6 {
		return id[:6]
	}
	return id
}

func noStorage() error {
	return &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.backup.no_storage"), Hint: messages.New("k8sops.backup.no_storage_hint")}
}

// store writes the dump and then its manifest.
func (b backupDatabase) store(ctx context.Context, r *databaseRun) error {
	started := b.Now()
	backup, err := b.take(ctx, r.Call, r.Progress)
	if err != nil {
		return err
	}
	*r.State = databaseState{*backup, b.Now().Sub(started)}
	return nil
}

// take makes a backup.
func (b backupDatabase) take(ctx context.Context, call *k8sops.Call, progress k8sops.Progress) (*Backup, error) {
	s, err := b.server(ctx, call)
	if err != nil {
		return nil, err
	}
	backup := b.describe(call, b.Now().UTC())
	if err := b.dump(ctx, s, backup, progress); err != nil {
		return nil, sayWhatIsLeft(kube.ExplainExec("back up "+b.Database.Name, err), err)
	}
	if err := backup.Save(ctx, b.Backups); err != nil {
		return nil, b.discard(ctx, backup, err)
	}
	return backup, nil
}

// discard removes a dump whose manifest could not be stored. The manifest goes first: a dump without one is no backup.
func (d Deps) discard(ctx context.Context, backup *Backup, cause error) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), discardLimit)
	defer stop()
	err := cmp.Or(d.Backups.Delete(ctx, backup.manifestKey()), d.Backups.Delete(ctx, backup.Object))
	e, ok := errors.AsType[*k8sops.Error](cause)
	if err == nil || !ok {
		return errors.Join(cause, err)
	}
	said := *e
	said.Hint, said.Cause = leftover(backup.Object), errors.Join(cause, err)
	return &said
}

// discardLimit is how long a person waits for a storage that failed already.
const discardLimit = 15 * time.Second

func (b backupDatabase) describe(call *k8sops.Call, at time.Time) *Backup {
	// The call's id keeps two backups of one second apart.
	id := at.Format("20060102-150405") + "-" + shortID(call.ID)
	backup := &Backup{
		ID: id, Cluster: call.Cluster, Namespace: call.Namespace, Database: b.Database.Name,
		Object:    backupPrefix(call.Cluster, call.Namespace) + b.Database.Name + "-" + id + dumpSuffix,
		CreatedAt: at, CreatedBy: call.Identity.User, Recipients: b.Keys.Recipients(),
	}
	if backup.IsEncrypted() {
		backup.Object += sealedSuffix
	}
	return backup
}

// dump stores pg_dump's output and fills in sizes and checksum. pg_dump leaves compression to us (-Z0): zstd is both
// smaller and faster than its zlib. What is encrypted is compressed before.
func (b backupDatabase) dump(ctx context.Context, s server, backup *Backup, progress k8sops.Progress) error {
	dumped := &meter{}
	stop := reportBytes(progress, dumped, b.Poll)
	defer stop()
	stored, err := b.put(ctx, backup.Object, func(ctx context.Context, w io.Writer) (err error) {
		backup.Tables, err = s.inSnapshot(ctx, b.Database.Name, func(ctx context.Context, snapshot string) error {
			return s.Run(ctx, nil, io.MultiWriter(w, dumped), "pg_dump", "-Fc", "-Z0", "--no-password", "--snapshot="+snapshot, "-U", s.User, "-d", b.Database.Name)
		})
		return err
	})
	if err != nil {
		return err
	}
	backup.Size, backup.DumpSize, backup.SHA256 = stored.Size, dumped.bytes.Load(), stored.SHA256
	return nil
}

// put stores what produce writes, compressed and, where there are recipients, encrypted.
func (d Deps) put(ctx context.Context, key string, produce func(context.Context, io.Writer) error) (stored artifacts.Stored, err error) {
	reader, writer := io.Pipe()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		err := encrypted(writer, d.Keys, func(w io.Writer) error {
			return Compress(w, func(w io.Writer) error { return produce(ctx, w) })
		})
		// The storage sees the failure as the end of its input, and forgets the part it has.
		writer.CloseWithError(err)
		return err
	})
	group.Go(func() (err error) {
		stored, err = d.Backups.Put(ctx, key, reader)
		reader.CloseWithError(err)
		return err
	})
	return stored, group.Wait()
}

// Compress writes what produce writes, compressed with zstd.
func Compress(w io.Writer, produce func(io.Writer) error) error {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("compress backup: %w", err)
	}
	if err := produce(z); err != nil {
		return errors.Join(err, z.Close())
	}
	return z.Close()
}

// verify reads the stored object back: its checksum must be the manifest's, and pg_restore must read it to its end.
func (b backupDatabase) verify(ctx context.Context, r *databaseRun) (*k8sops.Verification, error) {
	backup, err := loadBackup(ctx, b.Backups, r.State.Backup.manifestKey())
	if err != nil {
		return nil, err
	}
	r.Progress.Report(0, 1, messages.New("k8sops.backup.verifying", "id", messages.Code(backup.ID)))
	if err := b.prove(ctx, r.Call, &backup); err != nil {
		return unverified(&backup, err, "backup db")
	}
	if err := backup.Save(ctx, b.Backups); err != nil {
		return nil, err
	}
	if backup.VerifiedAt.IsZero() {
		return &k8sops.Verification{OK: true, Summary: storedWhole(&backup)}, nil
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.backup.verified", "id", messages.Code(backup.ID), "size", messages.Bytes(backup.DumpSize))}, nil
}

// prove notes in the manifest that the backup was read back: as a dump, or where opsbot has no identity for it, as what is stored.
func (b backupDatabase) prove(ctx context.Context, call *k8sops.Call, backup *Backup) error {
	if !b.canRead(backup) {
		err := b.checkStored(ctx, backup)
		if err == nil {
			backup.CheckedAt = b.Now().UTC()
		}
		return err
	}
	err := b.readBack(ctx, call, backup)
	if err == nil {
		backup.VerifiedAt = b.Now().UTC()
	}
	return err
}

// storedWhole is all that can be said of a dump that opsbot has no identity for.
func storedWhole(b *Backup) messages.Text {
	return messages.New("k8sops.backup.stored_whole", "id", messages.Code(b.ID), "size", messages.Bytes(b.Size))
}

func unverified(backup *Backup, err error, again string) (*k8sops.Verification, error) {
	e, ok := errors.AsType[*k8sops.Error](kube.ExplainExec("verify backup "+backup.ID, err))
	if !ok || e.Code == k8sops.CodeUnavailable {
		return nil, err
	}
	return &k8sops.Verification{
		Summary: messages.New("k8sops.backup.unverified", "id", messages.Code(backup.ID), "reason", e.Message),
		Suggest: []string{again},
	}, nil
}

// readBack streams the stored object through checksum and decompression into pg_restore, which writes the whole dump as SQL
// to nowhere: --list would read the table of contents alone, and find nothing wrong with a dump that has lost its data. What
// pg_restore leaves unread is read here: the checksum covers the whole object.
func (b backupDatabase) readBack(ctx context.Context, call *k8sops.Call, backup *Backup) (err error) {
	s, err := b.server(ctx, call)
	if err != nil {
		return err
	}
	stored, err := b.open(ctx, backup)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stored.Close()) }()
	err = s.Run(ctx, stored, nil, "pg_restore", "--exit-on-error", "--file=/dev/null")
	// pg_restore calls a dump damaged whose end could not be read.
	if err := cmp.Or(stored.err, err); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, stored); err != nil {
		return fmt.Errorf("read backup %s to its end: %w", backup.ID, err)
	}
	return nil
}

// storageReader keeps the error of the storage apart from those of whoever reads.
type storageReader struct {
	r   io.Reader
	err error
}

func (s *storageReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF { // an error that wraps io.EOF is no end
		s.err = explain(err)
		return n, s.err
	}
	return n, err
}

// meter counts what passes.
type meter struct{ bytes atomic.Int64 }

func (m *meter) Write(p []byte) (int, error) {
	m.bytes.Add(int64(len(p)))
	return len(p), nil
}

// reportBytes reports what the meter has counted until the returned stop is called. The total of a dump is unknown.
func reportBytes(progress k8sops.Progress, m *meter, every time.Duration) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				n := m.bytes.Load()
				progress.Report(int(n), 0, messages.New("k8sops.backup.running", "size", messages.Bytes(n)))
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func backupCard(b *Backup, took time.Duration) messages.Card {
	card := messages.Card{
		Tone:  messages.ToneRunning,
		Title: messages.New("k8sops.backup.stored", "database", messages.Code(b.Database), "id", messages.Code(b.ID)),
		Facts: []messages.Fact{
			{Label: messages.New("k8sops.backup.fact.size"), Value: messages.Literal(messages.Bytes(b.Size))},
			{Label: messages.New("k8sops.backup.fact.dump"), Value: messages.Literal(messages.Bytes(b.DumpSize))},
			{Label: messages.New("k8sops.backup.fact.took"), Value: messages.Literal(messages.Duration(took))},
			{Label: messages.New("k8sops.backup.fact.checksum"), Value: messages.Literal("sha256:" + b.SHA256)},
			{Label: messages.New("k8sops.backup.fact.object"), Value: messages.Literal(b.Object)},
		},
	}
	if b.IsEncrypted() {
		card.Facts = append(card.Facts, messages.Fact{Label: messages.New("k8sops.backup.fact.recipients"), Value: messages.Literal(strings.Join(b.Recipients, ", "))})
	}
	return card
}
