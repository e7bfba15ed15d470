package backup

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

func testBackups(t *testing.T) Deps {
	store, err := Open(t.Context(), "mem://")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return Deps{Platform: optest.TestPlatform(), Backups: store, Retention: 7 * 24 * time.Hour}
}

func backupCall(t *testing.T, d Deps, database *optest.FakeDatabase) *k8sops.Call {
	call, _ := optest.NewCall(t, Operations(d), "backup db", optest.Deployment("postgres", 1), optest.ReadyPod("postgres"))
	call.Client.Exec = database
	return call
}

func TestBackupIsStoredVerifiedAndListed(t *testing.T) {
	d := testBackups(t)
	database := &optest.FakeDatabase{Dump: strings.Repeat("PGDMP row row row\n", 5000)}
	call := backupCall(t, d, database)
	plan, result, proof, err := optest.RunAll(t.Context(), call)
	require.NoError(t, err)
	require.True(t, proof.OK)
	require.Equal(t, database.Dump, database.Restored, "what is stored is what was dumped")
	require.Equal(t, []string{"pg_dump", "-Fc", "-Z0", "--no-password", "--snapshot=00000003-0000001B-1", "-U", "postgres", "-d", "ecommerce"}, database.Commands()[1])
	optest.Golden(t, "backup", func(p *messages.Printer) string {
		return optest.ShowPlan(p, plan) + optest.ShowCard(p, result.Card) + p.Text(proof.Summary) + "\n"
	})

	list, _ := optest.NewCall(t, Operations(d), "backups")
	list.Now = optest.TestNow().Add(2 * time.Hour)
	listed, err := list.Operation.Answer(t.Context(), list, &optest.RecordedProgress{})
	require.NoError(t, err)
	optest.Golden(t, "backups", func(p *messages.Printer) string { return optest.ShowCard(p, listed.Card) })
}

func TestAFailedDumpLeavesNothingBehind(t *testing.T) {
	d := testBackups(t)
	database := &optest.FakeDatabase{Fail: &k8sops.CommandError{Program: "pg_dump", Code: 1, Stderr: "pg_dump: error: connection failed"}}
	call := backupCall(t, d, database)
	_, _, _, err := optest.RunAll(t.Context(), call)
	require.Equal(t, "k8sops.exec.failed", optest.MessageID(t, err))
	e, _ := optest.AsError(err)
	require.Contains(t, e.Message.Args["stderr"].S, "connection failed")
	requireEmpty(t, d.Backups)
}

func requireEmpty(t *testing.T, store Store) {
	t.Helper()
	require.Empty(t, keysOf(t, store, ""))
}

func keysOf(t *testing.T, store Store, prefix string) (keys []string) {
	t.Helper()
	objects, err := store.List(t.Context(), prefix)
	require.NoError(t, err)
	for _, o := range objects {
		keys = append(keys, o.Key)
	}
	return keys
}

func put(t *testing.T, store Store, key, content string) {
	t.Helper()
	_, err := store.Put(t.Context(), key, strings.NewReader(content))
	require.NoError(t, err)
}

// cancelledDump hangs after its first bytes until the call is cancelled.
type cancelledDump struct {
	optest.FakeDatabase
	cancel context.CancelFunc
}

func (c *cancelledDump) Exec(ctx context.Context, command k8sops.Command) error {
	if command.Args[0] != "pg_dump" {
		return c.FakeDatabase.Exec(ctx, command)
	}
	if err := optest.Write(command.Stdout, strings.Repeat("x", 1<<20)); err != nil {
		return err
	}
	c.cancel()
	<-ctx.Done()
	return ctx.Err()
}

func TestACancelledBackupLeavesNothingBehind(t *testing.T) {
	d := testBackups(t)
	files, err := Open(t.Context(), "file://"+t.TempDir()+"/new")
	require.NoError(t, err)
	defer func() { require.NoError(t, files.Close()) }()
	d.Backups = files
	call := backupCall(t, d, nil)
	ctx, cancel := context.WithCancel(t.Context())
	call.Client.Exec = &cancelledDump{cancel: cancel}
	_, _, _, err = optest.RunAll(ctx, call)
	require.Equal(t, "k8sops.error.cancelled", optest.MessageID(t, err))
	requireEmpty(t, files)
}

func TestADamagedBackupIsNotVerified(t *testing.T) {
	d := testBackups(t)
	call := backupCall(t, d, &optest.FakeDatabase{Dump: "PGDMP"})
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	err = optest.Do(t.Context(), call, plan)
	require.NoError(t, err)
	list, err := List(t.Context(), d.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)

	list[0].SHA256 = strings.Repeat("0", 64)
	require.NoError(t, list[0].Save(t.Context(), d.Backups))
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)
	require.Equal(t, "k8sops.backup.checksum", proof.Summary.Args["reason"].Text.ID)

	put(t, d.Backups, list[0].Object, "not zstd at all")
	proof, err = call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)
}

func TestWithoutStorageOrDatabaseTheAnswerSaysSo(t *testing.T) {
	d := testBackups(t)
	d.Backups = nil
	call := backupCall(t, d, &optest.FakeDatabase{})
	_, err := call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.backup.no_storage", optest.MessageID(t, err))

	call, _ = optest.NewCall(t, Operations(testBackups(t)), "backup db", optest.Deployment("postgres", 1))
	_, err = call.Operation.Plan(t.Context(), call)
	require.Equal(t, "k8sops.database.no_pod", optest.MessageID(t, err))
	require.Equal(t, k8sops.CodeUnavailable, k8sops.CodeOf(err))
}

func TestPruneKeepsTheLastVerifiedBackup(t *testing.T) {
	for _, c := range []struct {
		name   string
		ages   []int // days, with verified ones negative
		remain []int
	}{
		{"young ones stay", []int{0, 3, 6}, []int{0, 3, 6}},
		{"old ones go", []int{-1, 3, 8, 20}, []int{-1, 3}},
		{"the last verified stays", []int{1, 8, -9, -10}, []int{1, -9}},
		{"without any verified the newest stays", []int{8, 9}, []int{8}},
		{"nothing", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, err := Open(t.Context(), "mem://")
			require.NoError(t, err)
			defer func() { require.NoError(t, store.Close()) }()
			for _, age := range c.ages {
				putBackup(t, store, age)
			}
			_, err = Prune(t.Context(), store, "demo", optest.TestNamespace, 7*24*time.Hour, optest.TestNow())
			require.NoError(t, err)
			list, err := List(t.Context(), store, "demo", optest.TestNamespace)
			require.NoError(t, err)
			var remain []int
			for _, b := range list {
				age := int(optest.TestNow().Sub(b.CreatedAt).Hours() / 24)
				if !b.VerifiedAt.IsZero() {
					age = -age
				}
				remain = append(remain, age)
			}
			require.Equal(t, c.remain, remain)
			require.Len(t, keysOf(t, store, ""), 2*len(c.remain), "dumps go with their manifests")
		})
	}
}

// A manifest that cannot be read hides no other backup, is named, and is left alone.
func TestAnUnreadableManifestIsNamedAndLeftAlone(t *testing.T) {
	d := testBackups(t)
	putBackup(t, d.Backups, -1)
	putBackup(t, d.Backups, 20)
	prefix := backupPrefix("demo", optest.TestNamespace)
	for key, content := range map[string]string{
		"broken.json": "{not JSON", "empty.json": "{}",
		"stranger.json": `{"object":"database/demo/other/x.dump.zst","created_at":"2020-01-01T00:00:00Z"}`,
	} {
		put(t, d.Backups, prefix+key, content)
	}
	put(t, d.Backups, prefix+"broken.dump.zst", "dump")

	call, _ := optest.NewCall(t, Operations(d), "backups")
	result, err := call.Operation.Answer(t.Context(), call, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, messages.ToneWarning, result.Card.Tone)
	optest.Golden(t, "backups-unreadable", func(p *messages.Printer) string { return optest.ShowCard(p, result.Card) })

	removed, err := Prune(t.Context(), d.Backups, "demo", optest.TestNamespace, 7*24*time.Hour, optest.TestNow())
	require.NoError(t, err)
	require.Len(t, removed, 1)
	keys := keysOf(t, d.Backups, prefix)
	for _, name := range []string{"broken.json", "broken.dump.zst", "empty.json", "stranger.json"} {
		require.Contains(t, keys, prefix+name)
	}
	require.Len(t, keys, 6, "the readable one that is too old is gone")
}

func TestACancelledListIsNoListOfUnreadableManifests(t *testing.T) {
	d := testBackups(t)
	putBackup(t, d.Backups, -1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := List(ctx, d.Backups, "demo", optest.TestNamespace)
	require.Error(t, err)
}

// Two clusters have a namespace of the same name, and their backups lie in one storage.
func TestBackupsOfTwoClustersDoNotMix(t *testing.T) {
	d := testBackups(t)
	for _, cluster := range []string{"demo", "demo-2"} {
		putBackupOf(t, d.Backups, cluster, 9)
		putBackupOf(t, d.Backups, cluster, -8)
	}
	removed, err := Prune(t.Context(), d.Backups, "demo-2", optest.TestNamespace, 7*24*time.Hour, optest.TestNow())
	require.NoError(t, err)
	require.Len(t, removed, 1)
	for cluster, want := range map[string]int{"demo": 2, "demo-2": 1, "dem": 0} {
		found, err := List(t.Context(), d.Backups, cluster, optest.TestNamespace)
		require.NoError(t, err)
		require.Len(t, found, want, cluster)
		for _, b := range found {
			require.True(t, strings.HasPrefix(b.Object, backupPrefix(cluster, optest.TestNamespace)))
		}
	}
}

func putBackup(t *testing.T, store Store, age int) {
	t.Helper()
	putBackupOf(t, store, "demo", age)
}

func putBackupOf(t *testing.T, store Store, cluster string, age int) {
	t.Helper()
	created := optest.TestNow().Add(-time.Duration(max(age, -age)) * 24 * time.Hour)
	id := created.Format("20060102")
	b := &Backup{ID: id, Object: backupPrefix(cluster, optest.TestNamespace) + id + dumpSuffix, CreatedAt: created}
	if age < 0 {
		b.VerifiedAt = created
	}
	require.NoError(t, b.Save(t.Context(), store))
	put(t, store, b.Object, "dump")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("connection lost") }

func TestPutLeavesNothingBehindWhenItsInputFails(t *testing.T) {
	for _, url := range []string{"mem://", "file://" + t.TempDir()} {
		store, err := Open(t.Context(), url)
		require.NoError(t, err)
		_, err = store.Put(t.Context(), "a/b", io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), brokenReader{}))
		require.ErrorContains(t, err, "connection lost")
		requireEmpty(t, store)
		require.NoError(t, store.Delete(t.Context(), "a/b"), "deleting what is gone is no error")
		_, err = store.Open(t.Context(), "a/b")
		require.Equal(t, k8sops.CodeNotFound, k8sops.CodeOf(err))
		require.NoError(t, store.Close())
	}
}

// A verified backup of one directory is none of another.
func TestPruneKeepsTheLastBackupOfEachDirectory(t *testing.T) {
	store, err := Open(t.Context(), "mem://")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	month := optest.TestNow().AddDate(0, -1, 0)
	for i, path := range []string{"/var/uploads", "/var/uploads", "/var/reports"} {
		id := string(rune('a' + i))
		b := &Backup{ID: id, Kind: FilesKind, Object: FilesKind.prefix("demo", optest.TestNamespace) + id + filesSuffix, CreatedAt: month.Add(time.Duration(i) * time.Hour),
			Files: &Files{Workload: "Deployment/api-gateway", Path: path}, VerifiedAt: month}
		require.NoError(t, b.Save(t.Context(), store))
		put(t, store, b.Object, "tar")
	}
	removed, err := Prune(t.Context(), store, "demo", optest.TestNamespace, time.Hour, optest.TestNow())
	require.NoError(t, err)
	require.Len(t, removed, 1)
	require.Equal(t, "a", removed[0].ID)
	kept, err := ListFiles(t.Context(), store, "demo", optest.TestNamespace)
	require.NoError(t, err)
	require.Len(t, kept, 2)
}
