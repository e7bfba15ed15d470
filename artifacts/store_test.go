package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func openStore(t *testing.T, address string) *Store {
	t.Helper()
	s, err := Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func failureOf(t *testing.T, err error) *Error {
	t.Helper()
	failure, ok := errors.AsType[*Error](err)
	require.True(t, ok, "%v", err)
	return failure
}

func kindOf(t *testing.T, err error) Kind {
	t.Helper()
	return failureOf(t, err).Kind
}

// random is n bytes that nothing can compress.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return string(b)
}

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func requireKeys(t *testing.T, s *Store, want ...string) {
	t.Helper()
	keys, err := s.Keys(t.Context(), "")
	require.NoError(t, err)
	require.ElementsMatch(t, want, keys)
}

func TestStoresWithoutServer(t *testing.T) {
	for _, address := range []string{"mem://", "file://" + t.TempDir() + "/new"} {
		t.Run(address[:4], func(t *testing.T) { testContract(t, openStore(t, address), 1<<20) })
	}
}

// testContract is what every storage does; size is that of a large object.
func testContract(t *testing.T, s *Store, size int) {
	for name, content := range map[string]string{"empty": "", "small": "PGDMP", "large": random(size)} {
		key := "database/demo/" + name
		stored, err := s.Put(t.Context(), key, strings.NewReader(content))
		require.NoError(t, err)
		require.Equal(t, Stored{int64(len(content)), sumOf(content)}, stored)
		r, err := s.OpenVerified(t.Context(), key, stored.SHA256)
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, content, string(got))
	}
	objects, err := s.List(t.Context(), "database/demo/s")
	require.NoError(t, err)
	require.Len(t, objects, 1)
	require.Equal(t, "database/demo/small", objects[0].Key)
	require.EqualValues(t, 5, objects[0].Size)
	require.WithinDuration(t, time.Now(), objects[0].Modified, time.Minute)

	_, err = s.Put(t.Context(), "database/demo/small", strings.NewReader("other"))
	require.NoError(t, err)
	testDamaged(t, s, "database/demo/small", sumOf("PGDMP"))
	testFailedPuts(t, s, size)
	for _, name := range []string{"empty", "small", "large"} {
		require.NoError(t, s.Delete(t.Context(), "database/demo/"+name))
		require.NoError(t, s.Delete(t.Context(), "database/demo/"+name), "deleting what is gone is no error")
	}
	requireKeys(t, s)
	_, err = s.Open(t.Context(), "database/demo/small")
	require.Equal(t, NotFound, kindOf(t, err))
}

func testDamaged(t *testing.T, s *Store, key, sum string) {
	t.Helper()
	r, err := s.OpenVerified(t.Context(), key, sum)
	require.NoError(t, err)
	_, err = io.ReadAll(r)
	require.Equal(t, Damaged, kindOf(t, err))
	require.ErrorContains(t, err, key)
	require.NoError(t, r.Close())
}

// testFailedPuts fails at the beginning and at the end of what is to be stored.
func testFailedPuts(t *testing.T, s *Store, size int) {
	t.Helper()
	before, err := s.Keys(t.Context(), "")
	require.NoError(t, err)
	for _, n := range []int{0, size} {
		lost := errors.New("connection to the database lost")
		_, err := s.Put(t.Context(), "failed", io.MultiReader(strings.NewReader(random(n)), failing{lost}))
		require.Equal(t, lost, err, "the reader's own error")

		broken := fmt.Errorf("stream: %w", io.EOF)
		_, err = s.Put(t.Context(), "failed", io.MultiReader(strings.NewReader(random(n)), failing{broken}))
		require.Equal(t, broken, err, "no end of what is stored")

		ctx, cancel := context.WithCancelCause(t.Context())
		_, err = s.Put(ctx, "failed", io.MultiReader(strings.NewReader(random(n)), cancelling{func() { cancel(errors.New("stopped by a person")) }}, strings.NewReader("rest")))
		require.Equal(t, Canceled, kindOf(t, err))
		require.ErrorContains(t, err, "stopped by a person")
		require.ErrorContains(t, err, "write failed in storage "+s.Name())
	}
	_, err = s.Put(t.Context(), "database/demo/small", failing{io.ErrUnexpectedEOF})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	r, err := s.Open(t.Context(), "database/demo/small")
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "other", string(content), "what was there is there")
	require.NoError(t, r.Close())
	requireKeys(t, s, before...)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// cancelling is empty and calls when it is read.
type cancelling struct{ call func() }

func (c cancelling) Read([]byte) (int, error) {
	c.call()
	return 0, io.EOF
}

func TestADirectoryThatRefusesOrIsGone(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, "file://"+dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "database"), nil, 0o600))
	_, err := s.Put(t.Context(), "database/demo/x", strings.NewReader("PGDMP"))
	require.Equal(t, Failed, kindOf(t, err))
	require.ErrorContains(t, err, dir)
	_, err = Open(t.Context(), "file://"+dir+"/database/below")
	require.ErrorContains(t, err, "open storage "+dir+"/database/below: mkdir")
}

func TestSweepRemovesUnfinishedFiles(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, "file://"+dir)
	_, err := s.Put(t.Context(), "a/kept", strings.NewReader("x"))
	require.NoError(t, err)
	for _, name := range []string{"a/x.dump.18f0a1b2c3d4e5f6.tmp", "b/x.18f0a1b2c3d4e5f6.tmp"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600))
	}
	removed, err := s.Sweep(t.Context(), "a/", time.Now().Add(-time.Hour))
	require.NoError(t, err)
	require.Empty(t, removed, "it may still be under way")
	removed, err = s.Sweep(t.Context(), "a/", time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, []string{"a/x.dump.18f0a1b2c3d4e5f6.tmp"}, removed)
	requireKeys(t, s, "a/kept", "b/x.18f0a1b2c3d4e5f6.tmp")
}
