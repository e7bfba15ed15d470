package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"opsbot/artifacts"
)

const (
	archivePrefix = "audit-checkpoints/"
	// maxArchived is how many checkpoints are read, the newest ones. The newest alone proves all rows before it; the others tell where a
	// rewritten record begins to differ.
	maxArchived = 1000
)

// Archive keeps checkpoints in a directory or a bucket, an object for each: nothing is ever overwritten, so that the place can refuse that.
type Archive struct{ Files *artifacts.Store }

// Keep stores a checkpoint.
func (a Archive) Keep(ctx context.Context, c Checkpoint) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = a.Files.Put(ctx, archiveKey(c), bytes.NewReader(append(data, '\n')))
	return err
}

// archiveKey sorts by time; two opsbots that share a database may make a checkpoint at the same moment.
func archiveKey(c Checkpoint) string {
	return fmt.Sprintf("%s%s-%d-%.8s.json", archivePrefix, c.At.UTC().Format("20060102T150405.000000000Z"), c.Rows, c.Head)
}

// Checkpoints are the newest of those that are kept, oldest first.
func (a Archive) Checkpoints(ctx context.Context) ([]Checkpoint, error) {
	return a.newest(ctx, maxArchived)
}

// Newest is the last one; false where there is none.
func (a Archive) Newest(ctx context.Context) (Checkpoint, bool, error) {
	found, err := a.newest(ctx, 1)
	if err != nil || len(found) == 0 {
		return Checkpoint{}, false, err
	}
	return found[0], true, nil
}

func (a Archive) newest(ctx context.Context, limit int) ([]Checkpoint, error) {
	keys, err := a.Files.Keys(ctx, archivePrefix)
	if err != nil {
		return nil, err
	}
	slices.Sort(keys)
	if len(keys) > limit {
		keys = keys[len(keys)-limit:]
	}
	var all []Checkpoint
	for _, key := range keys {
		found, err := a.read(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func (a Archive) read(ctx context.Context, key string) ([]Checkpoint, error) {
	r, err := a.Files.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // it was only read
	return ReadCheckpoints(r)
}
