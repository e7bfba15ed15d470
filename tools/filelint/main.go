// Command filelint checks files that no Go linter reads: Dockerfiles by BuildKit's own rules (what "docker build --check"
// says, without a Docker engine), and YAML files for syntax and doubled keys. It prints one finding a line and exits
// with 1 if there are any.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	ctx := context.Background()
	found := false
	for _, file := range os.Args[1:] {
		findings, err := check(ctx, file)
		if err != nil {
			findings = append(findings, fmt.Sprintf("%s: %v", file, err))
		}
		for _, finding := range findings {
			fmt.Println(finding)
			found = true
		}
	}
	if found {
		os.Exit(1)
	}
}

// check returns the findings in a file.
func check(ctx context.Context, file string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(file) {
	case ".yaml", ".yml":
		return checkYAML(file, data), nil
	default:
		return checkDockerfile(ctx, file, data)
	}
}
