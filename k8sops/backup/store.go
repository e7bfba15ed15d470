package backup

import (
	"context"
	"errors"
	"fmt"
	"io"

	"opsbot/artifacts"
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

// BlobStore is a Store whose errors are answers to a person.
type BlobStore struct{ store *artifacts.Store }

// Open opens backup.url, e.g. file:///var/lib/opsbot/backups; a missing directory is made.
func Open(ctx context.Context, address string) (*BlobStore, error) {
	store, err := artifacts.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	return &BlobStore{store}, nil
}

// Close releases the connection to the storage.
func (s *BlobStore) Close() error { return s.store.Close() }

// Put implements Store.
func (s *BlobStore) Put(ctx context.Context, key string, r io.Reader) error {
	return explain(s.store.Put(ctx, key, r))
}

// Open implements Store.
func (s *BlobStore) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.store.Open(ctx, key)
	if err != nil {
		return nil, explain(err)
	}
	return r, nil
}

// Keys implements Store.
func (s *BlobStore) Keys(ctx context.Context, prefix string) ([]string, error) {
	keys, err := s.store.Keys(ctx, prefix)
	return keys, explain(err)
}

// Delete implements Store.
func (s *BlobStore) Delete(ctx context.Context, key string) error {
	return explain(s.store.Delete(ctx, key))
}

// explain passes errors of what was being stored through, and explains those of the storage itself.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*k8sops.Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*k8sops.CommandError](err); ok {
		return err
	}
	e := &k8sops.Error{Code: k8sops.CodeUnavailable, Cause: fmt.Errorf("backup storage: %w", err),
		Message: messages.New("k8sops.backup.storage", "reason", err)}
	failure, ok := errors.AsType[*artifacts.Error](err)
	switch {
	case ok && failure.NotFound():
		e.Code, e.Message = k8sops.CodeNotFound, messages.New("k8sops.backup.gone", "key", messages.Code(failure.Action))
	case errors.Is(err, context.Canceled):
		e.Code, e.Message = k8sops.CodeFailed, messages.New("k8sops.error.cancelled")
	}
	return e
}
