package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file:///var/lib/opsbot/backups
	_ "gocloud.dev/blob/memblob"  // mem:// in tests
	"gocloud.dev/gcerrors"
)

// Store keeps objects by key, in any storage that gocloud.dev/blob knows.
type Store struct{ bucket *blob.Bucket }

// Open opens a storage, e.g. file:///var/lib/opsbot/backups; a missing directory is made.
func Open(ctx context.Context, address string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("open storage: %w", err)
	}
	if u.Scheme == "file" {
		query := u.Query()
		// Unfinished uploads stay on the same file system, where the final rename is atomic, and off /tmp, which is
		// too small for a database.
		query.Set("no_tmp_dir", "true")
		query.Set("create_dir", "true")
		query.Set("metadata", "skip")
		u.RawQuery = query.Encode()
	}
	bucket, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, fmt.Errorf("open storage %s: %w", u.Redacted(), err)
	}
	return &Store{bucket}, nil
}

// Close releases the connection to the storage.
func (s *Store) Close() error { return s.bucket.Close() }

// Put stores everything read from r. When r or ctx fails, nothing is left under key. An upload becomes visible only when its
// writer is closed; cancelling the writer's context before that makes the storage forget the parts it has.
func (s *Store) Put(ctx context.Context, key string, r io.Reader) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	w, err := s.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return &Error{"write " + key, err}
	}
	if _, err := io.Copy(w, r); err != nil {
		abandon()
		return errors.Join(&Error{"write " + key, err}, ignoreCanceled(w.Close()))
	}
	if err := w.Close(); err != nil {
		return &Error{"finish " + key, err}
	}
	return nil
}

// ignoreCanceled drops the complaint of a writer that we cancelled ourselves.
func ignoreCanceled(err error) error {
	if gcerrors.Code(err) == gcerrors.Canceled || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Open reads an object; the Error is NotFound where there is none.
func (s *Store) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, &Error{"open " + key, err}
	}
	return r, nil
}

// Keys lists all keys that begin with prefix.
func (s *Store) Keys(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	objects := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		object, err := objects.Next(ctx)
		if errors.Is(err, io.EOF) {
			return keys, nil
		}
		if err != nil {
			return nil, &Error{"list " + prefix, err}
		}
		keys = append(keys, object.Key)
	}
}

// Delete removes an object; one that is gone already is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return &Error{"delete " + key, err}
	}
	return nil
}
