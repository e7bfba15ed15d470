// Package mailtest starts a real SMTP server (Mailpit) for tests, which keeps what it is sent.
package mailtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Server is a running Mailpit.
type Server struct {
	// SMTP is host:port.
	SMTP string
	api  string
}

// Message is a mail that the server took.
type Message struct {
	ID        string
	MessageID string
	Subject   string
	Text      string
	HTML      string
	To        []struct{ Name, Address string }
}

// Start runs a server until the test ends; options are Mailpit's own. Several mails with one Message-ID are kept as one,
// as mailboxes do.
func Start(t testing.TB, options ...string) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a mail server")
	}
	free := freeAddresses(t, 2)
	s := &Server{SMTP: free[0], api: free[1]}
	args := append([]string{"--smtp", s.SMTP, "--listen", s.api, "--enable-chaos", "--ignore-duplicate-ids", "--smtp-disable-rdns"}, options...)
	cmd := exec.Command(binary(t), args...)
	cmd.Env = append(os.Environ(), "MP_DISABLE_VERSION_CHECK=true")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatalf("start mail server: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("mail server:\n%s", log.String())
		}
	})
	s.await(t)
	return s
}

// binary builds the server once per version.
func binary(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.Command(filepath.Join(filepath.Dir(here), "..", "..", "scripts", "tool.sh"), "mailpit")
	var problems strings.Builder
	cmd.Stderr = &problems
	path, err := cmd.Output()
	if err != nil {
		t.Fatalf("build mail server: %v\n%s", err, problems.String())
	}
	return strings.TrimSpace(string(path))
}

// FreeAddress is a loopback address on which nobody listens at the moment.
func FreeAddress(t testing.TB) string {
	t.Helper()
	return freeAddresses(t, 1)[0]
}

// freeAddresses are all taken at one time, so that they differ.
func freeAddresses(t testing.TB, n int) []string {
	t.Helper()
	addresses := make([]string, n)
	for i := range addresses {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addresses[i] = l.Addr().String()
	}
	return addresses
}

func (s *Server) await(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for _, address := range []string{s.SMTP, s.api} {
		for {
			conn, err := net.DialTimeout("tcp", address, time.Second)
			if err == nil {
				_ = conn.Close()
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("mail server does not listen on %s: %v", address, err)
			}
			<-time.After(10 * time.Millisecond)
		}
	}
}

// Messages are the mails so far, the newest first.
func (s *Server) Messages(t testing.TB) []Message {
	t.Helper()
	var list struct{ Messages []Message }
	s.call(t, http.MethodGet, "/api/v1/messages", nil, &list)
	for i, m := range list.Messages {
		s.call(t, http.MethodGet, "/api/v1/message/"+m.ID, nil, &list.Messages[i])
	}
	return list.Messages
}

// WaitMessage waits for a mail whose subject or text contains text.
func (s *Server) WaitMessage(ctx context.Context, t testing.TB, text string) Message {
	t.Helper()
	for {
		for _, m := range s.Messages(t) {
			if strings.Contains(m.Subject, text) || strings.Contains(m.Text, text) {
				return m
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no mail contains %q: %v", text, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Refuse makes the server answer every recipient with an SMTP code; 0 ends that.
func (s *Server) Refuse(t testing.TB, code int) {
	t.Helper()
	probability := 100
	if code == 0 {
		code, probability = 451, 0
	}
	s.call(t, http.MethodPut, "/api/v1/chaos", map[string]any{"Recipient": map[string]int{"ErrorCode": code, "Probability": probability}}, nil)
}

func (s *Server) call(t testing.TB, method, path string, body, into any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.api+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("mail server: %v", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, answer)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(answer, into)
	}
	if err != nil {
		t.Fatalf("mail server %s %s: %v", method, path, err)
	}
}
