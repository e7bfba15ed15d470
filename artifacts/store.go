package artifacts

import (
	"context"
	"fmt"
	"os"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"
)

// Store keeps objects by key. Its methods are safe for concurrent use; their errors are of type *Error.
type Store struct {
	name   string
	dir    string // of a directory
	bucket *blob.Bucket
	s3     *s3Bucket // nil where the storage is no S3
}

// Open opens a storage: file:///DIRECTORY, which is made if it is missing, or s3://BUCKET/PREFIX. The credentials for S3 come the
// usual ways of AWS: from the environment, from its files, or from the machine. A bucket is not asked anything yet: that it cannot be
// reached for a while must not keep opsbot from starting.
func Open(ctx context.Context, address string) (*Store, error) {
	l, err := parseLocation(address)
	if err != nil {
		return nil, err
	}
	s := &Store{name: l.name()}
	switch l.scheme {
	case "file":
		s.dir = l.dir
		s.bucket, err = openDirectory(l.dir)
	case "s3":
		err = s.openS3(ctx, l, network{idle: idleLimit})
	default:
		s.bucket = memblob.OpenBucket(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("open storage %s: %w", s.name, err)
	}
	return s, nil
}

func openDirectory(dir string) (*blob.Bucket, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// Unfinished files stay on the same file system, where the final rename is atomic, and off /tmp, which is too small for a database.
	return fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite, DirFileMode: 0o700})
}

// Name is how people know the storage, e.g. "s3://backups/opsbot". It holds no secret.
func (s *Store) Name() string { return s.name }

// Close releases the connection to the storage.
func (s *Store) Close() error { return s.bucket.Close() }

// cleanupContext is for taking back what was begun, after its context has ended.
func cleanupContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
}
