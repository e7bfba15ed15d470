package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
		return nil, databaseState{}, NoStorage()
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

// NoStorage is the answer where no storage is configured.
func NoStorage() error {
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
	backup := b.New(call, DatabaseKind, b.Database.Name)
	backup.Database = b.Database.Name
	return backup, b.Keep(ctx, backup, "back up "+b.Database.Name, func(ctx context.Context, w io.Writer) error {
		return b.dump(ctx, s, backup, progress, w)
	})
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

// dump writes pg_dump's output and notes how much it was. pg_dump leaves compression to us (-Z0): zstd is both smaller and faster than
// its zlib.
func (b backupDatabase) dump(ctx context.Context, s server, backup *Backup, progress k8sops.Progress, w io.Writer) (err error) {
	metered, stop := b.Metered(w, progress)
	defer func() { backup.DumpSize = stop() }()
	backup.Tables, err = s.inSnapshot(ctx, b.Database.Name, func(ctx context.Context, snapshot string) error {
		return s.Run(ctx, nil, metered, "pg_dump", "-Fc", "-Z0", "--no-password", "--snapshot="+snapshot, "-U", s.User, "-d", b.Database.Name)
	})
	return err
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
	backup, v, err := b.Prove(ctx, &r.State.Backup, r.Progress, "backup db", func(ctx context.Context, backup *Backup) error {
		return b.readBack(ctx, r.Call, backup)
	})
	if v != nil || err != nil {
		return v, err
	}
	return &k8sops.Verification{OK: true, Summary: messages.New("k8sops.backup.verified", "id", messages.Code(backup.ID), "size", messages.Bytes(backup.DumpSize))}, nil
}

// prove notes in the manifest that the backup was read back.
func (b backupDatabase) prove(ctx context.Context, call *k8sops.Call, backup *Backup) error {
	return b.mark(ctx, backup, func(ctx context.Context, backup *Backup) error { return b.readBack(ctx, call, backup) })
}

// readBack streams the stored object through checksum and decompression into pg_restore, which writes the whole dump as SQL
// to nowhere: --list would read the table of contents alone, and find nothing wrong with a dump that has lost its data.
func (b backupDatabase) readBack(ctx context.Context, call *k8sops.Call, backup *Backup) error {
	s, err := b.server(ctx, call)
	if err != nil {
		return err
	}
	return b.Read(ctx, backup, func(r io.Reader) error {
		return s.Run(ctx, r, nil, "pg_restore", "--exit-on-error", "--file=/dev/null")
	})
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
	dump := messages.Fact{Label: messages.New("k8sops.backup.fact.dump"), Value: messages.Literal(messages.Bytes(b.DumpSize))}
	return messages.Card{
		Tone:  messages.ToneRunning,
		Title: messages.New("k8sops.backup.stored", "database", messages.Code(b.Database), "id", messages.Code(b.ID)),
		Facts: slices.Insert(b.Facts(took), 1, dump),
	}
}
