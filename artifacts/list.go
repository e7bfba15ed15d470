package artifacts

import (
	"context"
	"errors"
	"io"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// Object is an entry of List.
type Object struct {
	Key      string
	Size     int64
	Modified time.Time
}

// List lists the objects whose keys begin with prefix, by key.
func (s *Store) List(ctx context.Context, prefix string) ([]Object, error) {
	var found []Object
	objects := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := objects.Next(ctx)
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, s.failure(ctx, "list", prefix, err)
		}
		found = append(found, Object{o.Key, o.Size, o.ModTime})
	}
}

// Keys lists the keys that begin with prefix.
func (s *Store) Keys(ctx context.Context, prefix string) ([]string, error) {
	objects, err := s.List(ctx, prefix)
	var keys []string
	for _, o := range objects {
		keys = append(keys, o.Key)
	}
	return keys, err
}

// Delete removes an object; one that is gone already is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	err := s.bucket.Delete(ctx, key)
	if err == nil {
		return nil
	}
	if failure := s.failure(ctx, "delete", key, err); failure.Kind != NotFound {
		return failure
	}
	return nil
}

func notFound(err error) bool { return gcerrors.Code(err) == gcerrors.NotFound }
