package check

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"opsbot/app/configured"
	"opsbot/artifacts"
	"opsbot/configs"
	"opsbot/handlers/audit"
	"opsbot/messages"
)

// readCheckpoints reads the checkpoints that can be believed, and reports the others. None at all is a finding.
func (k *checker) readCheckpoints(ctx context.Context, c configs.Config, against string) ([]audit.Checkpoint, error) {
	if against == "" {
		return nil, nil
	}
	found, err := findCheckpoints(ctx, against)
	if err != nil {
		return nil, fmt.Errorf("--against %s: %w", against, err)
	}
	keys := configured.AuditKeys(c)
	if len(keys) == 0 {
		k.advice(messages.New("audit.no_keys"))
	}
	var believed []audit.Checkpoint
	for _, checkpoint := range found {
		err := checkpoint.Check(keys)
		switch {
		case err == nil:
			believed = append(believed, checkpoint)
		case errors.Is(err, audit.ErrForged):
			k.problem(messages.New("audit.checkpoint_forged", "rows", checkpoint.Rows, "at", at(checkpoint)))
		default: // of before there were keys, or of a key that is known no more
			k.advice(messages.New("audit.checkpoint_ignored", "rows", checkpoint.Rows, "at", at(checkpoint), "cause", err))
		}
	}
	if len(believed) == 0 {
		k.problem(messages.New("audit.no_checkpoint", "found", len(found)))
	}
	return believed, nil
}

// findCheckpoints reads a file, or a directory or a bucket of checkpoints.
func findCheckpoints(ctx context.Context, against string) ([]audit.Checkpoint, error) {
	address, isURL, err := storageAddress(against)
	if err != nil {
		return nil, err
	}
	if !isURL {
		f, err := os.Open(against)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // it was only read
		return audit.ReadCheckpoints(f)
	}
	files, err := artifacts.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = files.Close() }() // it was only read
	return audit.Archive{Files: files}.Checkpoints(ctx)
}

// storageAddress makes the URL of a directory or a bucket; false for a file. A directory that is missing is an error, and not made.
func storageAddress(against string) (address string, isURL bool, err error) {
	if strings.HasPrefix(against, "s3://") {
		return against, true, nil
	}
	path, wasURL := strings.CutPrefix(against, "file://")
	if path, err = filepath.Abs(path); err != nil {
		return "", false, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", false, err
	}
	if info.IsDir() {
		return (&url.URL{Scheme: "file", Path: path}).String(), true, nil
	}
	if wasURL {
		return "", false, errors.New("it is no directory; give a file by its path alone")
	}
	return "", false, nil
}
