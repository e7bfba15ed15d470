package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

// Open reads an object; the Error is NotFound where there is none.
func (s *Store) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, s.failure(ctx, "read", key, err)
	}
	return &object{ReadCloser: r, store: s, ctx: ctx, key: key}, nil
}

// OpenVerified is Open for an object whose SHA-256 is known. Where the object differs, its last Read gives an Error of kind Damaged
// in place of io.EOF: what was read until then must not be used.
func (s *Store) OpenVerified(ctx context.Context, key, sum string) (io.ReadCloser, error) {
	r, err := s.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	return &verified{ReadCloser: r, store: s, key: key, want: sum, sum: sha256.New()}, nil
}

// object explains the errors of reading.
type object struct {
	io.ReadCloser
	store *Store
	ctx   context.Context // for telling why reading failed
	key   string
}

func (o *object) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	if err != nil && !ended(err) {
		return n, o.store.failure(o.ctx, "read", o.key, err)
	}
	return n, err
}

type verified struct {
	io.ReadCloser
	store     *Store
	key, want string
	sum       hash.Hash
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.sum.Write(p[:n])
	if !ended(err) {
		return n, err
	}
	if got := hex.EncodeToString(v.sum.Sum(nil)); got != v.want {
		return n, &Error{Kind: Damaged, Storage: v.store.name, Action: "read", Key: v.key, Err: fmt.Errorf("SHA-256 is %s, not %s", got, v.want)}
	}
	return n, err
}
