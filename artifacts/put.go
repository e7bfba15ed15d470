package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"

	"gocloud.dev/blob"
)

// Stored is what Put has stored.
type Stored struct {
	Size   int64
	SHA256 string // in hexadecimal
}

const contentType = "application/octet-stream"

// Put stores everything read from r. When r, ctx or the storage fails, nothing new is visible under key; where that is not certain,
// the Error says so. An error of r is returned as it is.
func (s *Store) Put(ctx context.Context, key string, r io.Reader) (Stored, error) {
	source := &source{r: r, sum: sha256.New()}
	write := s.write
	if s.s3 != nil {
		write = s.s3.upload
	}
	left, err := write(ctx, key, source)
	switch {
	case source.err != nil && left:
		return Stored{}, errors.Join(source.err, &Error{Kind: Unfinished, Storage: s.name, Action: "write", Key: key, Leftover: true, Err: err})
	case source.err != nil:
		return Stored{}, source.err
	case err != nil:
		failure := s.failure(ctx, "write", key, err)
		failure.Leftover = left
		return Stored{}, failure
	}
	return Stored{source.size, hex.EncodeToString(source.sum.Sum(nil))}, nil
}

// write stores what is no upload to S3. The object becomes visible when its writer is closed; cancelling the writer's context before
// that makes the storage forget it.
func (s *Store) write(ctx context.Context, key string, source *source) (left bool, err error) {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	w, err := s.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: contentType, BeforeWrite: private})
	if err != nil {
		return false, err
	}
	if _, err := io.Copy(w, source); err != nil {
		abandon()
		_ = w.Close() // it says that it was cancelled
		return false, err
	}
	return false, w.Close()
}

// private makes a file opsbot's own before anything is in it; gocloud's driver would leave that to the umask.
func private(as func(any) bool) error {
	var file *os.File
	if as(&file) {
		return file.Chmod(0o600)
	}
	return nil // of a storage without files
}

// source is what is being stored. It keeps the error of its reader apart from those of the storage.
type source struct {
	r    io.Reader
	size int64
	sum  hash.Hash
	err  error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.size += int64(n)
	s.sum.Write(p[:n])
	if err != nil && !ended(err) {
		s.err = err
	}
	return n, err
}

// ended tells whether a reader is at its end. An error that wraps io.EOF is that of a connection that broke: what is taken for the end of a
// dump then would be a dump without its end.
func ended(err error) bool { return err == io.EOF } //nolint:errorlint // see above
