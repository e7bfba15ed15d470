package filebackup

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/artifacts"
	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/k8sops/backup"
	"opsbot/messages"
)

// here runs the programs of a container on this machine.
type here struct {
	args [][]string
	// cut is how much of the output arrives, 0 for all; fail is how the command ends, whatever it did.
	cut  int
	fail error
}

func (h *here) Exec(ctx context.Context, c k8sops.Command) error {
	h.args = append(h.args, c.Args)
	var out bytes.Buffer
	command := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...) //nolint:gosec // a test's own
	command.Stdout = &out
	complaints := &strings.Builder{}
	command.Stderr = complaints
	err := command.Run()
	data := out.Bytes()
	if h.cut > 0 {
		data = data[:h.cut]
	}
	if _, err := c.Stdout.Write(data); err != nil {
		return err
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = &k8sops.CommandError{Program: c.Args[0], Code: exit.ExitCode(), Stderr: complaints.String()}
	}
	if h.fail != nil {
		return h.fail
	}
	return err
}

type fixture struct {
	deps Deps
	here *here
	dir  string
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	store, err := backup.Open(t.Context(), "mem://")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	write(t, dir, "uploads/cat.png", "a cat")
	write(t, dir, "uploads/deep/-x odd\nname", "a file")
	write(t, dir, "secret/token", "precious")
	require.NoError(t, os.Symlink(filepath.Join(dir, "secret"), filepath.Join(dir, "uploads/link")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "secret"), filepath.Join(dir, "linked")))
	return &fixture{
		deps: Deps{Deps: backup.Deps{Platform: optest.TestPlatform(), Backups: store, Retention: time.Hour}, Places: []Place{{
			Workload: "user-service", Container: "user-service", Paths: []string{dir + "/uploads", dir + "/linked", dir + "/missing", dir + "/uploads/cat.png"},
		}}},
		here: &here{}, dir: dir,
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
}

func (f *fixture) call(t *testing.T, line string, more ...runtime.Object) *k8sops.Call {
	t.Helper()
	objects := append([]runtime.Object{optest.Deployment("user-service", 1), optest.Deployment("order-service", 1), optest.ReadyPod("user-service")}, more...)
	call, _ := optest.NewCall(t, Operations(f.deps), line, objects...)
	call.Client.Exec = f.here
	return call
}

// run plans and runs a call.
func (f *fixture) run(t *testing.T, line string) (*k8sops.Call, *k8sops.Plan, error) {
	t.Helper()
	call := f.call(t, line)
	plan, err := call.Operation.Plan(t.Context(), call)
	if err != nil {
		return call, nil, err
	}
	return call, plan, optest.Do(t.Context(), call, plan)
}

func (f *fixture) stored(t *testing.T) []backup.Backup {
	t.Helper()
	all, err := backup.ListFiles(t.Context(), f.deps.Backups, "demo", optest.TestNamespace)
	require.NoError(t, err)
	return all
}

func TestFilesAreStoredAndReadBack(t *testing.T) {
	f := newFixture(t)
	call, plan, err := f.run(t, "backup files user "+f.dir+"/uploads")
	require.NoError(t, err)
	require.Equal(t, [][]string{{"tar", "-cf", "-", "-C", "/", "." + f.dir + "/uploads"}}, f.here.args)
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.True(t, proof.OK, "%v", proof.Summary)
	require.Equal(t, "k8sops.backup_files.verified", proof.Summary.ID)
	result, err := call.Operation.Report(call, plan)
	require.NoError(t, err)
	require.Equal(t, "k8sops.backup_files.stored", result.Card.Title.ID)

	all := f.stored(t)
	require.Len(t, all, 1)
	made := all[0]
	require.False(t, made.VerifiedAt.IsZero())
	require.Equal(t, backup.Files{Workload: "Deployment/user-service", Pod: "user-service-hash2-abcde", Container: "user-service", Path: f.dir + "/uploads", Entries: 5, Bytes: 11}, *made.Files)

	found := map[string]string{}
	require.NoError(t, f.deps.Read(t.Context(), &made, func(r io.Reader) error {
		archive := tar.NewReader(r)
		for {
			h, err := archive.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			require.NoError(t, err)
			content, err := io.ReadAll(archive)
			require.NoError(t, err)
			found[strings.TrimPrefix(h.Name, "."+f.dir)] = string(content)
		}
	}))
	require.Equal(t, map[string]string{"/uploads/": "", "/uploads/cat.png": "a cat", "/uploads/deep/": "", "/uploads/deep/-x odd\nname": "a file", "/uploads/link": ""}, found,
		"a link is stored as a link: what it leads to is not")
}

func TestAFileIsABackupToo(t *testing.T) {
	f := newFixture(t)
	_, _, err := f.run(t, "backup files user "+f.dir+"/uploads/cat.png")
	require.NoError(t, err)
	require.Equal(t, 1, f.stored(t)[0].Files.Entries)
}

// Whatever goes wrong, it is said, and nothing that looks like a backup is left.
func TestABackupOfFilesThatFails(t *testing.T) {
	full := func(f *fixture) { f.deps.Backups = fullStore{f.deps.Backups} }
	for name, c := range map[string]struct {
		path  string
		spoil func(*fixture)
		want  string
	}{
		"missing":         {path: "/missing", want: "k8sops.exec.failed"},
		"link":            {path: "/linked", want: "k8sops.backup_files.no_directory"},
		"no tar":          {spoil: func(f *fixture) { f.here.fail = &k8sops.CommandError{Program: "tar", Code: 127} }, want: "k8sops.backup_files.no_tar"},
		"no tar, runtime": {spoil: func(f *fixture) { f.here.fail = errors.New(`exec: "tar": executable file not found in $PATH`) }, want: "k8sops.backup_files.no_tar"},
		"pod gone":        {spoil: func(f *fixture) { f.here.cut, f.here.fail = 1000, errors.New("connection closed") }},
		"cut in a file":   {spoil: func(f *fixture) { f.here.cut = 700 }},
		"cut between":     {spoil: func(f *fixture) { f.here.cut = 512 }},
		"half the end":    {spoil: func(f *fixture) { f.here.cut = 5*512 + 2*512 + 512 }},
		"permission": {spoil: func(f *fixture) {
			f.here.fail = &k8sops.CommandError{Program: "tar", Code: 2, Stderr: "tar: ./x: Cannot open: Permission denied"}
		}, want: "k8sops.exec.failed"},
		"busybox": {spoil: func(f *fixture) {
			f.here.fail = &k8sops.CommandError{Program: "tar", Code: 1, Stderr: "tar: can't open 'x': Permission denied\ntar: error exit delayed from previous errors"}
		}, want: "k8sops.exec.failed"},
		"silent":           {spoil: func(f *fixture) { f.here.fail = &k8sops.CommandError{Program: "tar", Code: 1} }, want: "k8sops.exec.failed"},
		"the storage full": {spoil: full, want: "k8sops.backup.storage.full"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			kept := f.deps.Backups
			if c.spoil != nil {
				c.spoil(f)
			}
			if c.path == "" {
				c.path = "/uploads"
			}
			_, _, err := f.run(t, "backup files user "+f.dir+c.path)
			require.Error(t, err)
			if c.want != "" {
				require.Equal(t, c.want, optest.MessageID(t, err), "%v", err)
			}
			objects, err := kept.List(t.Context(), "")
			require.NoError(t, err)
			require.Empty(t, objects)
		})
	}
}

// fullStore is a bucket without room.
type fullStore struct{ backup.Store }

func (fullStore) Put(context.Context, string, io.Reader) (artifacts.Stored, error) {
	return artifacts.Stored{}, &k8sops.Error{Code: k8sops.CodeUnavailable, Message: messages.New("k8sops.backup.storage.full", "storage", "s3", "reason", "full")}
}

func TestFilesThatChangeWhileTheyAreReadAreNamed(t *testing.T) {
	f := newFixture(t)
	f.here.fail = &k8sops.CommandError{Program: "tar", Code: 1, Stderr: "/half a line: file changed as we read it\ntar: ./uploads/a: file changed as we read it\ntar: ./uploads/b: File removed before we read it\ntar: ./uploads/c: File shrank by 10 bytes; padding with zeros\n"}
	call, plan, err := f.run(t, "backup files user "+f.dir+"/uploads")
	require.NoError(t, err)
	require.Len(t, f.stored(t)[0].Files.Changed, 3)
	result, err := call.Operation.Report(call, plan)
	require.NoError(t, err)
	require.Equal(t, "k8sops.backup_files.changed", result.Card.Footer[0].ID)
}

func TestWhatIsNotConfiguredIsNotRead(t *testing.T) {
	f := newFixture(t)
	for line, want := range map[string]string{
		"backup files user /etc":                                    "k8sops.backup_files.not_configured",
		"backup files user " + f.dir + "/uploads/deep":              "k8sops.backup_files.not_configured",
		"backup files user " + f.dir + "/uploads/../secret":         "k8sops.backup_files.not_configured",
		"backup files user " + f.dir + "/uploads/":                  "k8sops.backup_files.not_configured",
		"backup files user":                                         "k8sops.backup_files.which_path",
		"backup files order " + f.dir + "/uploads":                  "k8sops.podfiles.not_configured",
		"backup files usr-service " + f.dir + "/uploads":            "k8sops.resolve.unknown",
		"backup files user " + f.dir + "/uploads --pod other-pod-0": "k8sops.backup_files.no_pod",
	} {
		call := f.call(t, line)
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, want, optest.MessageID(t, err), line)
		require.Empty(t, f.here.args, line)
		e, _ := errors.AsType[*k8sops.Error](err)
		for _, suggested := range e.Suggest {
			again := f.call(t, suggested)
			_, err := again.Operation.Plan(t.Context(), again)
			require.NoError(t, err, suggested)
		}
	}
}

func TestTheOtherPodsAreNamed(t *testing.T) {
	f := newFixture(t)
	second := optest.ReadyPod("user-service")
	second.Name = "user-service-1"
	call := f.call(t, "backup files user "+f.dir+"/uploads", second)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "k8sops.backup_files.one_pod", plan.Warning[0].ID)
	require.Equal(t, int64(1), plan.Warning[0].Args["count"].N)
	call = f.call(t, "backup files user "+f.dir+"/uploads --pod user-service-1", second)
	plan, err = call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Empty(t, plan.Warning)
	require.Contains(t, plan.Summary.Args["pod"].S, "user-service-1")
}
