package backup

import (
	"context"
	"errors"
	"io"
	"time"

	"opsbot/artifacts"
)

// Store keeps objects by key. Keys contain slashes.
type Store interface {
	// Put stores everything read from r. When r, ctx or the storage fails, nothing new is visible under key.
	Put(ctx context.Context, key string, r io.Reader) (artifacts.Stored, error)
	// Open reads an object; an *Error of code not_found where there is none.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// List lists the objects whose keys begin with prefix.
	List(ctx context.Context, prefix string) ([]artifacts.Object, error)
	// Delete removes an object; one that is gone already is no error.
	Delete(ctx context.Context, key string) error
}

// BlobStore is a Store whose errors are answers to a person.
type BlobStore struct{ store *artifacts.Store }

// Open opens backup.url: file:///DIRECTORY, which is made if it is missing, or s3://BUCKET/PREFIX.
func Open(ctx context.Context, address string) (*BlobStore, error) {
	store, err := artifacts.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	for _, kind := range kinds() {
		if err := store.Restrict(kind.root()); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	return &BlobStore{store}, nil
}

// Close releases the connection to the storage.
func (s *BlobStore) Close() error { return s.store.Close() }

// Put implements Store.
func (s *BlobStore) Put(ctx context.Context, key string, r io.Reader) (artifacts.Stored, error) {
	stored, err := s.store.Put(ctx, key, r)
	return stored, explain(err)
}

// Open implements Store.
func (s *BlobStore) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.store.Open(ctx, key)
	if err != nil {
		return nil, explain(err)
	}
	return r, nil
}

// List implements Store.
func (s *BlobStore) List(ctx context.Context, prefix string) ([]artifacts.Object, error) {
	objects, err := s.store.List(ctx, prefix)
	return objects, explain(err)
}

// Delete implements Store.
func (s *BlobStore) Delete(ctx context.Context, key string) error {
	return explain(s.store.Delete(ctx, key))
}

// unfinishedAfter is when an upload is no longer under way, but one that opsbot did not survive.
const unfinishedAfter = 48 * time.Hour

// Sweep removes what uploads left that opsbot or the storage did not survive, and gives the keys.
func (s *BlobStore) Sweep(ctx context.Context, now time.Time) (swept []string, err error) {
	for _, kind := range kinds() {
		keys, failed := s.store.Sweep(ctx, kind.root(), now.Add(-unfinishedAfter))
		swept, err = append(swept, keys...), errors.Join(err, failed)
	}
	return swept, err
}
