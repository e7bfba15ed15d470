package logfiles

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"opsbot/internal/optest"
	"opsbot/k8sops"
	"opsbot/messages"
)

// here runs the programs of a container on this machine, with the descriptors that a test says.
type here struct {
	descriptors string
	commands    [][]string
	fail        error
	rotates     error // what logrotate ends with
}

func (h *here) Exec(ctx context.Context, c k8sops.Command) error {
	h.commands = append(h.commands, c.Args)
	switch {
	case h.fail != nil:
		return h.fail
	case c.Args[0] == "logrotate":
		return h.rotates
	case c.Args[1] == "/proc":
		_, err := io.WriteString(c.Stdout, h.descriptors)
		return err
	}
	command := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...) //nolint:gosec // a test's own
	command.Stdout = c.Stdout
	return command.Run()
}

// write makes a file of that age in the directory.
func write(t *testing.T, path string, age time.Duration) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, []byte("0123456789"), 0o600))
	at := time.Now().Add(-age)
	require.NoError(t, os.Chtimes(path, at, at))
}

func callOf(t *testing.T, line string, place Place, h *here) *k8sops.Call {
	t.Helper()
	place.Workload = "user-service"
	call, _ := optest.NewCall(t, Operations(Deps{optest.TestPlatform(), []Place{place}}), line,
		[]runtime.Object{optest.Deployment("user-service", 1), optest.Deployment("order-service", 1), optest.ReadyPod("user-service")}...)
	call.Client.Exec = h
	return call
}

const month = 30 * 24 * time.Hour

func TestOldLogFilesAreRemovedAndNothingElse(t *testing.T) {
	root := t.TempDir()
	dir, outside := filepath.Join(root, "app"), filepath.Join(root, "outside")
	old := []string{"old.log", "deep/old.log", "with space.log", "star*.log", "[a]?.log", `back\slash.log`}
	kept := []string{"young.log", "starred.log", "open.log", "tab\tname.log", "new\n10 line.log"}
	for _, name := range old {
		write(t, filepath.Join(dir, name), month)
	}
	write(t, filepath.Join(dir, kept[0]), time.Hour)
	write(t, filepath.Join(dir, kept[1]), time.Hour)
	write(t, filepath.Join(dir, kept[2]), month)
	write(t, filepath.Join(dir, kept[3]), month)
	write(t, filepath.Join(dir, kept[4]), month)
	write(t, filepath.Join(outside, "precious"), month)
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "precious"), filepath.Join(dir, "file-link")))

	h := &here{descriptors: "l-wx------ 1 root root 64 Dec  1 00:00 /proc/1/fd/3 -> " + filepath.Join(dir, "open.log") + "\n"}
	call := callOf(t, "logs clean", Place{Container: "user-service", Paths: []string{dir}, Logrotate: "/etc/logrotate.conf"}, h)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, k8sops.Disruptive, plan.Danger)
	require.Len(t, plan.Changes, len(old))
	require.Equal(t, int64(len(old)), plan.Summary.Args["count"].N)
	require.Equal(t, []string{"k8sops.logs_clean.open", "k8sops.logs_clean.odd", "k8sops.logs_clean.rotates"}, ids(plan.Warning))

	// What becomes old in between was not planned, and what is written to in between is left.
	write(t, filepath.Join(dir, "later.log"), month)
	now := time.Now()
	require.NoError(t, os.Chtimes(filepath.Join(dir, "old.log"), now, now))
	require.NoError(t, optest.Do(t.Context(), call, plan))
	for _, name := range append(kept, "later.log", "old.log", "link", "file-link") {
		_, err := os.Lstat(filepath.Join(dir, name))
		require.NoError(t, err, name)
	}
	require.FileExists(t, filepath.Join(outside, "precious"))
	for _, name := range old[1:] {
		require.NoFileExists(t, filepath.Join(dir, name))
	}
	require.Contains(t, h.commands, []string{"logrotate", "/etc/logrotate.conf"})
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.False(t, proof.OK)
	require.Equal(t, "k8sops.logs_clean.left", proof.Summary.ID)
	require.Equal(t, int64(1), proof.Summary.Args["count"].N, "the one that was written to")
	result, err := call.Operation.Report(call, plan)
	require.NoError(t, err)
	require.Equal(t, int64(len(old)-1), result.Card.Title.Args["count"].N)
}

func ids(texts []messages.Text) (all []string) {
	for _, t := range texts {
		all = append(all, t.ID)
	}
	return all
}

func TestWhatIsFreedIsWhatIsGone(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.log"), month)
	write(t, filepath.Join(dir, "b.log"), month)
	h := &here{}
	call := callOf(t, "logs clean user", Place{Container: "user-service", Paths: []string{dir}}, h)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, []string{"k8sops.logs_clean.open_unknown"}, ids(plan.Warning))
	h.descriptors = "x /proc/1/fd/4 -> " + filepath.Join(dir, "b.log") + "\n" // opened since
	require.NoError(t, optest.Do(t.Context(), call, plan))
	result, err := call.Operation.Report(call, plan)
	require.NoError(t, err)
	require.Equal(t, int64(1), result.Card.Title.Args["count"].N)
	require.Equal(t, "10 B", result.Card.Title.Args["size"].S)
	proof, err := call.Operation.Verify(t.Context(), call, plan, &optest.RecordedProgress{})
	require.NoError(t, err)
	require.Equal(t, "k8sops.logs_clean.left", proof.Summary.ID)

	call = callOf(t, "logs clean user --older 60d", Place{Container: "user-service", Paths: []string{dir}}, h)
	plan, err = call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	require.True(t, plan.NoOp)
}

func TestWhatWasRemovedBeforeAFailureIsSaid(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.log"), month)
	h := &here{}
	call := callOf(t, "logs clean user", Place{Container: "user-service", Paths: []string{dir}, Logrotate: "/etc/logrotate.conf"}, h)
	plan, err := call.Operation.Plan(t.Context(), call)
	require.NoError(t, err)
	h.rotates = &k8sops.CommandError{Program: "logrotate", Code: 1, Stderr: "error: bad file mode"}
	err = optest.Do(t.Context(), call, plan)
	require.Equal(t, "k8sops.logs_clean.halfway", optest.MessageID(t, err))
	e, _ := errors.AsType[*k8sops.Error](err)
	require.Equal(t, int64(1), e.Message.Args["count"].N)
	require.Equal(t, "10 B", e.Message.Args["size"].S)
	require.NoFileExists(t, filepath.Join(dir, "a.log"))
}

func TestCleaningThatIsRefused(t *testing.T) {
	dir := t.TempDir()
	for want, c := range map[string]struct {
		line  string
		place Place
		fail  error
	}{
		"k8sops.logs_clean.too_young":     {line: "logs clean user --older 5m", place: Place{Container: "user-service"}},
		"k8sops.podfiles.not_configured":  {line: "logs clean order", place: Place{Container: "user-service"}},
		"k8sops.podfiles.which_container": {line: "logs clean user"},
		"k8sops.exec.failed":              {line: "logs clean user", place: Place{Container: "user-service"}, fail: &k8sops.CommandError{Program: "find", Code: 1, Stderr: "No such file"}},
	} {
		c.place.Paths = []string{dir}
		call := callOf(t, c.line, c.place, &here{fail: c.fail})
		_, err := call.Operation.Plan(t.Context(), call)
		require.Equal(t, want, optest.MessageID(t, err), c.line)
	}
	call := callOf(t, "logs clean user", Place{Container: "user-service", Paths: []string{dir}}, &here{fail: errors.New("pod gone")})
	_, err := call.Operation.Plan(t.Context(), call)
	require.Error(t, err)
}
