package programs

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"opsbot/testcluster/host"
)

const kwokModule = "sigs.k8s.io/kwok"

// KwokManifests are read from the kwok module at build time, so that they always match the built program. Paths are
// relative to the module's kustomize folder.
func KwokManifests() []string {
	return []string{
		"crd/bases/kwok.x-k8s.io_stages.yaml",
		"crd/bases/kwok.x-k8s.io_execs.yaml",
		"crd/bases/kwok.x-k8s.io_clusterexecs.yaml",
		"crd/bases/kwok.x-k8s.io_logs.yaml",
		"crd/bases/kwok.x-k8s.io_clusterlogs.yaml",
		"crd/bases/kwok.x-k8s.io_metrics.yaml",
		"crd/bases/kwok.x-k8s.io_resourceusages.yaml",
		"crd/bases/kwok.x-k8s.io_clusterresourceusages.yaml",
		"stage/node/fast/node-initialize.yaml",
		"stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
		"metrics/resource/metrics-resource.yaml",
	}
}

// kwokStdinFix has exec close a program's standard input when the caller's ends. kwok v0.8.0 leaves it open, so that psql,
// pg_restore or tar reading their standard input never end.
func kwokStdinFix() sourceFix {
	return sourceFix{
		file:   "pkg/utils/exec/exec.go",
		before: "_, _ = io.Copy(inPipe, opt.In)\n",
		after:  "_, _ = io.Copy(inPipe, opt.In)\n_ = inPipe.Close()\n",
	}
}

// sourceFix replaces text that occurs once in a file.
type sourceFix struct{ file, before, after string }

// takeKwok puts a fixed copy of the kwok module into <module>/kwok, has the tools module use it, and copies the
// manifests that are applied at run time.
func (t *Toolset) takeKwok(ctx context.Context, module string) error {
	source, err := moduleDir(ctx, module, kwokModule)
	if err != nil {
		return err
	}
	target := filepath.Join(module, "kwok")
	// What an interrupted build left behind would be in the way.
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	if err := os.CopyFS(target, os.DirFS(source)); err != nil {
		return fmt.Errorf("copy module %s: %w", kwokModule, err)
	}
	if err := fixKwok(target); err != nil {
		return err
	}
	if err := t.copyKwokManifests(target); err != nil {
		return err
	}
	_, err = goOutput(ctx, module, "mod", "edit", "-replace="+kwokModule+"=./kwok")
	return err
}

// moduleDir downloads a module of the given main module's requirements and returns where it is.
func moduleDir(ctx context.Context, main, path string) (string, error) {
	output, err := goOutput(ctx, main, "mod", "download", "-json", path)
	if err != nil {
		return "", fmt.Errorf("download module %s: %w", path, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal([]byte(output), &module); err != nil {
		return "", fmt.Errorf("download module %s: %w", path, err)
	}
	return module.Dir, nil
}

func fixKwok(dir string) error {
	fix := kwokStdinFix()
	file := filepath.Join(dir, fix.file)
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("fix kwok: %w", err)
	}
	if strings.Count(string(content), fix.before) != 1 {
		return fmt.Errorf("fix kwok: %s has changed; see whether kwokStdinFix is still needed", fix.file)
	}
	fixed := strings.Replace(string(content), fix.before, fix.after, 1)
	return os.WriteFile(file, []byte(fixed), 0o644)
}

func (t *Toolset) copyKwokManifests(source string) error {
	for _, name := range KwokManifests() {
		content, err := os.ReadFile(filepath.Join(source, "kustomize", name))
		if err != nil {
			return fmt.Errorf("read kwok manifest: %w", err)
		}
		target := filepath.Join(t.dir, "kwok", name)
		if err := host.WriteFiles(filepath.Dir(target), map[string][]byte{filepath.Base(target): content}); err != nil {
			return fmt.Errorf("copy kwok manifest %s: %w", name, err)
		}
	}
	return nil
}
