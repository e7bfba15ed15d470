package store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"opsbot/escalation/incident"
)

// Archive is a directory with a file of JSON lines for each month in which incidents opened, incidents-2026-03.jsonl. Its
// files only grow. An incident may have several lines there; the last one counts.
type Archive struct{ Dir string }

// Append writes incidents and returns once they are on the disk.
func (a Archive) Append(list []Archived) error {
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return err
	}
	lines := map[string][]byte{}
	for _, record := range list {
		line, err := json.Marshal(record)
		if err != nil {
			return fmt.Errorf("encode incident %d: %w", record.Incident.Number, err)
		}
		name := "incidents-" + record.Incident.OpenedAt.UTC().Format("2006-01") + ".jsonl"
		lines[name] = append(append(lines[name], line...), '\n')
	}
	for name, data := range lines {
		if err := appendDurably(filepath.Join(a.Dir, name), data); err != nil {
			return err
		}
	}
	return syncDir(a.Dir)
}

// appendDurably begins on a new line, whatever a write that was cut off has left.
func appendDurably(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	isWhole, err := endsInNewline(f)
	if err != nil {
		return err
	}
	if !isWhole {
		data = append([]byte{'\n'}, data...)
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

func endsInNewline(f *os.File) (bool, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return err == nil, err
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, size-1)
	return last[0] == '\n', err
}

// syncDir makes the names of new files durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// All reads the archive, month by month. A line that cannot be read is an error in between, and the others follow.
func (a Archive) All() iter.Seq2[Archived, error] {
	return func(yield func(Archived, error) bool) {
		names, err := filepath.Glob(filepath.Join(escapeGlob(a.Dir), "incidents-*.jsonl"))
		if err != nil {
			yield(Archived{}, err)
			return
		}
		slices.Sort(names)
		for _, name := range names {
			if !readLines(name, yield) {
				return
			}
		}
	}
}

// Find returns the last state of an incident. The error is incident.ErrNotFound where there is none that can be read.
func (a Archive) Find(number int64) (found Archived, err error) {
	err = fmt.Errorf("incident %d in the archive: %w", number, incident.ErrNotFound)
	if a.Dir == "" {
		return Archived{}, err
	}
	for record, problem := range a.All() {
		if problem == nil && record.Incident.Number == number {
			found, err = record, nil
		}
	}
	return found, err
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func readLines(path string, yield func(Archived, error) bool) bool {
	f, err := os.Open(path)
	if err != nil {
		return yield(Archived{}, err)
	}
	defer f.Close()
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			var record Archived
			problem := json.Unmarshal(line, &record)
			if problem != nil {
				problem = fmt.Errorf("%s, line %d: %w", path, n, problem)
			}
			if !yield(record, problem) {
				return false
			}
		}
		if err != nil {
			return errors.Is(err, io.EOF) || yield(Archived{}, err)
		}
	}
}
