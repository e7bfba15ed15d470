package artifacts

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/internal/bubble"
)

// pipes is a listener whose connections are in memory, so that time in a bubble goes on while they wait.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	p.conns <- far
	return near, nil
}

// serveInMemory gives a bucket on a server that answers with handler.
func serveInMemory(t *testing.T, handler http.HandlerFunc) *Store {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "opsbot")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	listener := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		time.Sleep(time.Second) // it waits a little before it closes connections
	})
	l, err := parseLocation("s3://backups?endpoint=http://memory&s3ForcePathStyle=true&region=us-east-1")
	require.NoError(t, err)
	s := &Store{name: l.name()}
	require.NoError(t, s.openS3(t.Context(), l, network{idle: idleLimit, dial: listener.dial}))
	return s
}

func TestAnUploadThatStandsStillEndsAfterTheIdleLimit(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		s := serveInMemory(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 100<<10)
			<-t.Context().Done()
		})
		started := time.Now()
		_, err := s.Put(t.Context(), "x", bytes.NewReader(make([]byte, 1<<20)))
		require.Equal(t, Slow, kindOf(t, err), "%v", err)
		took := time.Since(started)
		require.GreaterOrEqual(t, took, 3*idleLimit, "it is tried three times")
		require.Less(t, took, 4*idleLimit)
	})
}

// Slow is no fault: the limit is for standing still.
func TestASlowUploadIsNotCut(t *testing.T) {
	bubble.Test(t, func(t *testing.T) {
		s := serveInMemory(t, func(_ http.ResponseWriter, r *http.Request) {
			for {
				if _, err := io.CopyN(io.Discard, r.Body, 64<<10); err != nil {
					return
				}
				time.Sleep(idleLimit * 9 / 10)
			}
		})
		started := time.Now()
		stored, err := s.Put(t.Context(), "x", bytes.NewReader(make([]byte, 1<<20)))
		require.NoError(t, err)
		require.EqualValues(t, 1<<20, stored.Size)
		require.Greater(t, time.Since(started), 10*idleLimit)
	})
}
