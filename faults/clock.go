package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"opsbot/internal/lab"
)

// stepVariable names the file from which a stepped opsbot reads by how many seconds its clock is wrong.
const stepVariable = "FAULTS_CLOCK"

//go:embed clock/stepped.go.txt
var steppedSource []byte

// writeOverlay makes an overlay of the standard library in which time.Now adds the step to the wall clock and leaves the
// monotonic clock alone: what a process sees when somebody sets the machine's clock. opsbot's own code is not touched.
func writeOverlay(ctx context.Context, dir string) (file string, err error) {
	root, err := lab.Output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return "", err
	}
	library := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(library, "time.go"))
	if err != nil {
		return "", err
	}
	const now = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	if !bytes.Contains(source, []byte(now)) {
		return "", fmt.Errorf("overlay of %s: time.Now is not what it was in Go 1.26", library)
	}
	source = bytes.Replace(source, []byte(now), []byte(now+"\tsec += stepped()\n"), 1)
	replace := map[string]string{}
	for name, content := range map[string][]byte{"time.go": source, "stepped.go": steppedSource} {
		replaced := filepath.Join(dir, "overlay-"+name)
		if err := os.WriteFile(replaced, content, 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(library, name)] = replaced
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, data, 0o600)
}

// setStep makes the clock wrong by so many seconds.
func setStep(file string, seconds int) error {
	next := file + ".next"
	if err := os.WriteFile(next, []byte(strconv.Itoa(seconds)), 0o600); err != nil {
		return err
	}
	return os.Rename(next, file)
}
