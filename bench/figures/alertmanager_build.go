package figures

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"opsbot/internal/lab"
)

const alertmanagerModule = "github.com/prometheus/alertmanager"

// module is what `go mod download` tells of a module.
type module struct{ Version, Dir string }

// buildAlertmanager builds the Alertmanager that bench/tools/alertmanager/go.mod names, into the user's cache, once for each
// version and Go release.
func buildAlertmanager(ctx context.Context, root string) (peer, error) {
	tools := filepath.Join(root, "bench", "tools", "alertmanager")
	text, err := goCommand(ctx, tools, "mod", "download", "-json", alertmanagerModule)
	if err != nil {
		return peer{}, err
	}
	var m module
	if err := json.Unmarshal(text, &m); err != nil {
		return peer{}, fmt.Errorf("read what go mod download says: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return peer{}, err
	}
	release := strings.TrimPrefix(m.Version[:strings.LastIndex(m.Version, ".")], "v")
	name := fmt.Sprintf("alertmanager-%s-%s", m.Version, runtime.Version())
	p := peer{name: "Alertmanager " + release, program: filepath.Join(cache, "opsbot", "bench", name)}
	if _, err := os.Stat(p.program); err == nil {
		return p, nil
	}
	return p, buildWithoutPage(ctx, tools, m, p.program)
}

// buildWithoutPage builds the module's program, which embeds a web page that the module does not have: an empty page takes its
// place, in a copy of the module, because Go replaces nothing in its module cache. No figure asks for the page.
func buildWithoutPage(ctx context.Context, tools string, m module, target string) (err error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(target), "building-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "alertmanager")
	if err := os.CopyFS(source, os.DirFS(m.Dir)); err != nil {
		return fmt.Errorf("copy module %s: %w", alertmanagerModule, err)
	}
	for _, page := range []string{"elm", "mantine"} {
		folder := filepath.Join(source, "ui", "app", "dist", page)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "index.html"), nil, 0o600); err != nil {
			return err
		}
	}
	if err := os.CopyFS(dir, os.DirFS(tools)); err != nil {
		return err
	}
	if _, err := goCommand(ctx, dir, "mod", "edit", "-replace="+alertmanagerModule+"=./alertmanager"); err != nil {
		return err
	}
	// Built beside its place and moved: an interrupted build leaves no half program.
	built := filepath.Join(dir, "built")
	if err := lab.Build(ctx, dir, built, alertmanagerModule+"/cmd/alertmanager"); err != nil {
		return err
	}
	return os.Rename(built, target)
}

func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, text)
	}
	return text, nil
}
