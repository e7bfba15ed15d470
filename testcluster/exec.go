package testcluster

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// ExecEnv sets environment variables of programs that are run by exec in containers of the given name, in all pods of a
// namespace. The programs run on this machine, with the rights of the caller of Start, in an empty directory of the
// namespace.
func (c *Cluster) ExecEnv(ctx context.Context, namespace, container string, env map[string]string) error {
	k := c.caretaker
	k.mu.Lock()
	containers := maps.Clone(k.execs[namespace])
	if containers == nil {
		containers = map[string]map[string]string{}
	}
	containers[container] = maps.Clone(env)
	k.execs[namespace] = containers
	k.mu.Unlock()
	return k.applyExec(ctx, namespace, containers)
}

// ensureExec allows exec in a namespace in which it was not allowed yet.
func (k *caretaker) ensureExec(ctx context.Context, namespace string) error {
	k.mu.Lock()
	_, known := k.execs[namespace]
	if !known {
		k.execs[namespace] = map[string]map[string]string{}
	}
	k.mu.Unlock()
	if known {
		return nil
	}
	return k.applyExec(ctx, namespace, nil)
}

// applyExec writes one object per namespace, because kwok takes the first that matches, in no particular order.
func (k *caretaker) applyExec(ctx context.Context, namespace string, containers map[string]map[string]string) error {
	// Away from the cluster's own files, which a program meant for a container must not find in front of it.
	workDir := filepath.Join(k.execDir, namespace)
	if err := os.MkdirAll(workDir, 0o700); err != nil {
		return fmt.Errorf("allow exec in namespace %s: %w", namespace, err)
	}
	execs := []any{}
	for _, name := range slices.Sorted(maps.Keys(containers)) {
		local := map[string]any{"workDir": workDir, "envs": envList(containers[name])}
		execs = append(execs, map[string]any{"containers": []string{name}, "local": local})
	}
	// Containers without an entry of their own.
	execs = append(execs, map[string]any{"local": map[string]any{"workDir": workDir}})
	manifest, err := json.Marshal(map[string]any{
		"apiVersion": "kwok.x-k8s.io/v1alpha1",
		"kind":       "ClusterExec",
		"metadata":   map[string]any{"name": namespace},
		"spec": map[string]any{
			"selector": map[string]any{"matchNamespaces": []string{namespace}},
			"execs":    execs,
		},
	})
	if err != nil {
		return err
	}
	if err := k.applier.apply(ctx, manifest, ""); err != nil {
		return fmt.Errorf("allow exec in namespace %s: %w", namespace, err)
	}
	return nil
}

func envList(env map[string]string) []any {
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, map[string]any{"name": name, "value": env[name]})
	}
	return list
}
