package cable

import (
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// echo is a server that says what it hears.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return listener.Addr().String()
}

// says tells whether what is said comes back in time.
func says(conn net.Conn, patience time.Duration) error {
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("x")); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 1))
	return err
}

func dial(t *testing.T, c *Cable) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", c.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestCable(t *testing.T) {
	c := New(t, echo(t))
	conn := dial(t, c)
	if err := says(conn, 10*time.Second); err != nil {
		t.Fatal("whole:", err)
	}
	c.Freeze()
	if err := says(conn, 50*time.Millisecond); err == nil {
		t.Error("frozen, but something came through")
	}
	c.Mend()
	if err := says(conn, 10*time.Second); err != nil {
		t.Error("thawed:", err)
	}
	c.Cut()
	if _, err := io.Copy(io.Discard, conn); os.IsTimeout(err) { // what was under way may still come
		t.Error("cut, but the connection lives")
	}
	if err := says(dial(t, c), 10*time.Second); err == nil {
		t.Error("cut, but a new connection works")
	}
	c.Mend()
	if err := says(dial(t, c), 10*time.Second); err != nil {
		t.Error("mended:", err)
	}
}
