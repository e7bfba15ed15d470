package programs

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"opsbot/testcluster/host"
)

// CacheDirEnv names the environment variable that overrides where built programs are kept; the default is
// opsbot/testcluster below the user's cache directory.
const CacheDirEnv = "OPSBOT_TESTCLUSTER_CACHE"

// KubernetesVersion is what the API server says it is; without the version flags a build from modules says v0.0.0.
const KubernetesVersion = "v1.36.3"

const buildProgressEvery = 15 * time.Second

var (
	//go:embed embedded/tools.mod
	toolsMod []byte
	//go:embed embedded/tools.sum
	toolsSum []byte
)

// Toolset is a directory of built programs and of the manifests that belong to them.
type Toolset struct{ dir string }

// Program returns the path of a built program, e.g. "kube-apiserver".
func (t *Toolset) Program(name string) string { return filepath.Join(t.dir, "bin", name) }

// KwokManifest returns the content of a manifest that was copied from the kwok module.
func (t *Toolset) KwokManifest(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(t.dir, "kwok", name))
}

// Build returns the control plane's programs, building them first if this machine has not built this version yet.
// The build takes minutes on a cold machine and needs the go tool; progress lines go to log. Concurrent callers, in this
// and in other processes, share one build.
func Build(ctx context.Context, log io.Writer) (*Toolset, error) {
	goVersion, err := goOutput(ctx, "", "env", "GOVERSION")
	if err != nil {
		return nil, fmt.Errorf("find the go tool (needed to build the test control plane, see https://go.dev/dl): %w", err)
	}
	root, err := cacheRoot()
	if err != nil {
		return nil, err
	}
	tools := &Toolset{dir: filepath.Join(root, buildKey(goVersion))}
	if tools.complete() {
		return tools, nil
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, fmt.Errorf("create cache for control plane programs: %w", err)
	}
	unlock, err := lockFile(ctx, tools.dir+".lock", log)
	if err != nil {
		return nil, fmt.Errorf("lock control plane build: %w", err)
	}
	defer unlock()
	// Another process may have finished the build while this one waited for the lock.
	if tools.complete() {
		return tools, nil
	}
	return tools, tools.build(ctx, log)
}

func cacheRoot() (string, error) {
	if dir := os.Getenv(CacheDirEnv); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find cache directory (set %s instead): %w", CacheDirEnv, err)
	}
	return filepath.Join(dir, "opsbot", "testcluster"), nil
}

// buildKey changes with everything that changes the programs or the manifests copied beside them.
func buildKey(goVersion string) string {
	h := sha256.New()
	h.Write(toolsMod)
	h.Write(toolsSum)
	fmt.Fprintln(h, ldflags(), runtime.GOOS, runtime.GOARCH, goVersion, KwokManifests(), kwokStdinFix())
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func ldflags() string {
	const pkg = "k8s.io/component-base/version"
	parts := strings.Split(strings.TrimPrefix(KubernetesVersion, "v"), ".")
	return fmt.Sprintf("-s -w -X %[1]s.gitVersion=%[2]s -X %[1]s.gitMajor=%[3]s -X %[1]s.gitMinor=%[4]s",
		pkg, KubernetesVersion, parts[0], parts[1])
}

func (t *Toolset) marker() string { return filepath.Join(t.dir, "complete") }

func (t *Toolset) complete() bool {
	_, err := os.Stat(t.marker())
	return err == nil
}

// build works in the final directory; the marker comes last, so an interrupted build is repeated and not used.
func (t *Toolset) build(ctx context.Context, log io.Writer) error {
	module := filepath.Join(t.dir, "module")
	if err := host.WriteFiles(module, map[string][]byte{"go.mod": toolsMod, "go.sum": toolsSum}); err != nil {
		return fmt.Errorf("write tools module: %w", err)
	}
	fmt.Fprintf(log, "building the Kubernetes %s control plane into %s (minutes the first time, cached afterwards)\n",
		KubernetesVersion, t.dir)
	started := time.Now()
	stop := reportProgress(log, started)
	defer stop()
	if err := t.takeKwok(ctx, module); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(t.dir, "bin"), 0o755); err != nil {
		return err
	}
	if _, err := goOutput(ctx, module, "build", "-ldflags", ldflags(), "-o", t.Program("")+"/", "tool"); err != nil {
		return fmt.Errorf("build control plane programs: %w", err)
	}
	fmt.Fprintf(log, "built the control plane in %s\n", time.Since(started).Round(time.Second))
	return os.WriteFile(t.marker(), nil, 0o644)
}

func reportProgress(log io.Writer, started time.Time) (stop func()) {
	ticker := time.NewTicker(buildProgressEvery)
	quit, finished := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(finished)
		for {
			select {
			case <-ticker.C:
				fmt.Fprintf(log, "still building the control plane (%s)\n", time.Since(started).Round(time.Second))
			case <-quit:
				return
			}
		}
	}()
	// The writer may be a test's log, which must not be written to after the call returned.
	return func() { ticker.Stop(); close(quit); <-finished }
}

// goOutput runs the go tool and returns its trimmed standard output. A workspace or module flags meant for the
// caller's module would break the nested one, so they are switched off.
func goOutput(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", fmt.Errorf("go %s: %w", args[0], ctx.Err())
	}
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, host.LastLines(stderr.String(), 20))
	}
	return strings.TrimSpace(string(out)), nil
}
