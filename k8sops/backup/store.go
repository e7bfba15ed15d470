package backup

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

	"opsbot/k8sops"
	"opsbot/messages"
)

// Store keeps objects by key. Keys contain slashes.
type Store interface {
	// Put stores everything read from r. When r or ctx fails, nothing is left under key.
	Put(ctx context.Context, key string, r io.Reader) error
	// Open reads an object; an *Error of code not_found where there is none.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Keys lists all keys that begin with prefix.
	Keys(ctx context.Context, prefix string) ([]string, error)
	// Delete removes an object; one that is gone already is no error.
	Delete(ctx context.Context, key string) error
}

// BlobStore is a BackupStore over any storage that gocloud.dev/blob knows.
type BlobStore struct{ bucket *blob.Bucket }

// Open opens backup.url, e.g. file:///var/lib/opsbot/backups; a missing directory is made.
func Open(ctx context.Context, address string) (*BlobStore, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("open backup storage: %w", err)
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
		return nil, fmt.Errorf("open backup storage %s: %w", u.Redacted(), err)
	}
	return &BlobStore{bucket}, nil
}

// Close releases the connection to the storage.
func (s *BlobStore) Close() error { return s.bucket.Close() }

// Put implements BackupStore. An upload becomes visible only when its writer is closed; cancelling the writer's context
// before that makes the storage forget the parts it has.
func (s *BlobStore) Put(ctx context.Context, key string, r io.Reader) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	w, err := s.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return storageError("write "+key, err)
	}
	if _, err := io.Copy(w, r); err != nil {
		abandon()
		return errors.Join(storageError("write "+key, err), ignoreCanceled(w.Close()))
	}
	if err := w.Close(); err != nil {
		return storageError("finish "+key, err)
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

// Open implements BackupStore.
func (s *BlobStore) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, storageError("open "+key, err)
	}
	return r, nil
}

// Keys implements BackupStore.
func (s *BlobStore) Keys(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	objects := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		object, err := objects.Next(ctx)
		if errors.Is(err, io.EOF) {
			return keys, nil
		}
		if err != nil {
			return nil, storageError("list "+prefix, err)
		}
		keys = append(keys, object.Key)
	}
}

// Delete implements BackupStore.
func (s *BlobStore) Delete(ctx context.Context, key string) error {
	if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return storageError("delete "+key, err)
	}
	return nil
}

// storageError passes errors of what was being stored through, and explains those of the storage itself.
func storageError(action string, err error) error {
	if _, ok := errors.AsType[*k8sops.Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*k8sops.CommandError](err); ok {
		return err
	}
	e := &k8sops.Error{Code: k8sops.CodeUnavailable, Cause: fmt.Errorf("backup storage: %s: %w", action, err),
		Message: messages.New("k8sops.backup.storage", "reason", err)}
	switch {
	case gcerrors.Code(err) == gcerrors.NotFound:
		e.Code, e.Message = k8sops.CodeNotFound, messages.New("k8sops.backup.gone", "key", messages.Code(action))
	case errors.Is(err, context.Canceled):
		e.Code, e.Message = k8sops.CodeFailed, messages.New("k8sops.error.cancelled")
	}
	return e
}
