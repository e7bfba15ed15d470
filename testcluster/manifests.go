package testcluster

import (
	"embed"
	"fmt"
	"strings"
	"time"
)

//go:embed manifests/*.yaml platform/*.yaml
var manifestFiles embed.FS

// render reads an embedded manifest and replaces its placeholders: pairs of placeholder and value.
func render(name string, replacements ...string) ([]byte, error) {
	content, err := manifestFiles.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read embedded manifest: %w", err)
	}
	return []byte(strings.NewReplacer(replacements...).Replace(string(content))), nil
}

// podStages returns the stages of a pod's life for pods that take about ready from being scheduled to being ready.
func podStages(ready time.Duration) ([]byte, error) {
	ms := func(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }
	return render("manifests/pod-stages.yaml",
		"READY_MS", ms(ready), "READY_MAX_MS", ms(ready*3/2), "CRASH_MS", ms(ready/2), "BACKOFF_MS", ms(2*ready))
}
