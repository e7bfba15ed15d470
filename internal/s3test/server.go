// Package s3test starts a real S3 server (Versity S3 Gateway) for tests. It keeps the objects as files in a directory.
package s3test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"opsbot/internal/freeport"
)

// Bucket is the bucket that a server has.
const Bucket = "backups"

// Server is a running S3 server.
type Server struct {
	// Address is host:port.
	Address string
	// Files is the directory of the bucket: a file for each object.
	Files string

	cmd *exec.Cmd
	log bytes.Buffer
}

// Start runs a server until the test ends. AWS' environment variables hold its credentials for as long.
func Start(t testing.TB) *Server {
	t.Helper()
	return start(t, t.TempDir(), "")
}

// StartSmall runs a server that has only megabytes of space; the test is skipped where it may not mount such a file system.
func StartSmall(t testing.TB, megabytes int) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts an S3 server")
	}
	if output, err := isolated("mount -t tmpfs none " + t.TempDir()).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small file system: %v: %s", err, output)
	}
	root := t.TempDir()
	return start(t, root, fmt.Sprintf("mount -t tmpfs -o size=%dm none '%s' && mkdir '%s' && ", megabytes, root, filepath.Join(root, Bucket)))
}

// isolated runs a shell command that sees mounts of its own.
func isolated(command string) *exec.Cmd {
	options := "-m"
	if os.Getuid() != 0 {
		options = "-rm"
	}
	return exec.Command("unshare", options, "sh", "-c", command)
}

func start(t testing.TB, root, prepare string) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts an S3 server")
	}
	address, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: address, Files: filepath.Join(root, Bucket)}
	// Apart from the files, so that no extended attributes are needed.
	sidecar := t.TempDir()
	if prepare == "" {
		if err := os.MkdirAll(s.Files, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	const access, secret = "opsbot-test", "opsbot-test-secret"
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "ROOT_ACCESS_KEY": access, "ROOT_SECRET_KEY": secret,
	} {
		t.Setenv(name, value)
	}
	serve := fmt.Sprintf("exec '%s' --port %s --quiet --keep-alive posix --sidecar '%s' '%s'", binary(t), address, sidecar, root)
	if prepare == "" {
		s.cmd = exec.Command("sh", "-c", serve)
	} else {
		s.cmd = isolated(prepare + serve)
	}
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("start S3 server: %v", err)
	}
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("S3 server:\n%s", s.log.String())
		}
	})
	s.await(t)
	return s
}

// URL is the storage's address, as in backup.url.
func (s *Server) URL() string { return URLAt(s.Address) }

// URLAt is URL with another way to the server.
func URLAt(address string) string {
	return "s3://" + Bucket + "/opsbot?endpoint=http://" + address + "&s3ForcePathStyle=true"
}

// Kill ends the server at once.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// Leftovers are the files in the bucket, unfinished uploads included.
func (s *Server) Leftovers(t testing.TB) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(s.Files, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found = append(found, strings.TrimPrefix(path, s.Files+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// binary builds the server once per version.
func binary(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.Command(filepath.Join(filepath.Dir(here), "..", "..", "scripts", "tool.sh"), "versitygw")
	var problems strings.Builder
	cmd.Stderr = &problems
	path, err := cmd.Output()
	if err != nil {
		t.Fatalf("build S3 server: %v\n%s", err, problems.String())
	}
	return strings.TrimSpace(string(path))
}

func (s *Server) await(t testing.TB) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		conn, err := net.DialTimeout("tcp", s.Address, time.Second)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("S3 server does not listen on %s: %v\n%s", s.Address, err, s.log.String())
		}
		<-time.After(10 * time.Millisecond)
	}
}
