package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// maxLine bounds a line of a log in which a checkpoint is looked for.
const maxLine = 1 << 20

// ReadCheckpoints finds the checkpoints in a file: one a line, alone or as the field checkpoint of a line of opsbot's log. Other lines are
// passed over. Their signatures are not checked.
func ReadCheckpoints(r io.Reader) ([]Checkpoint, error) {
	var found []Checkpoint
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		if c, ok := parseCheckpoint(lines.Bytes()); ok {
			found = append(found, c)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	return found, nil
}

// parseCheckpoint takes what stands before the first brace for the log's own.
func parseCheckpoint(line []byte) (Checkpoint, bool) {
	start := bytes.IndexByte(line, '{')
	if start < 0 {
		return Checkpoint{}, false
	}
	var entry struct {
		Checkpoint
		Logged *Checkpoint `json:"checkpoint"`
	}
	if json.NewDecoder(bytes.NewReader(line[start:])).Decode(&entry) != nil {
		return Checkpoint{}, false
	}
	c := entry.Checkpoint
	if entry.Logged != nil {
		c = *entry.Logged
	}
	return c, c.Rows > 0 && c.Head != ""
}
