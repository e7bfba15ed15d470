package postgres

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"opsbot/k8sops/kube"
)

// LoginRoles are the roles that can log in.
func (s Server) LoginRoles(ctx context.Context) ([]string, error) {
	rows, err := s.Query(ctx, Maintenance, "SELECT rolname FROM pg_roles WHERE rolcanlogin")
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row[0]
	}
	return names, err
}

// SetPassword gives a role a password of printable ASCII. PostgreSQL is sent the verifier that it would compute itself (RFC 5803), over
// psql's input: the password is then neither in the API server's audit log nor in the database's.
func (s Server) SetPassword(ctx context.Context, role, password string) error {
	verifier, err := scramVerifier(password)
	if err != nil {
		return err
	}
	sql := fmt.Sprintf("ALTER ROLE %s PASSWORD '%s';\n", QuoteIdentifier(role), verifier)
	return kube.ExplainExec("password of role "+role, s.Run(ctx, strings.NewReader(sql), io.Discard, s.Psql(Maintenance)...))
}

// scramIterations is PostgreSQL's own default.
const scramIterations = 4096

func scramVerifier(password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt of a password: %w", err)
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, scramIterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("verifier of a password: %w", err)
	}
	sign := func(text string) []byte {
		mac := hmac.New(sha256.New, salted)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	stored := sha256.Sum256(sign("Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", scramIterations, encode(salt), encode(stored[:]), encode(sign("Server Key"))), nil
}

// CheckedHost is an address of the server, as its own container reaches it, at which passwords are checked; "" where every login is let
// in (pg_hba.conf: trust), so that none proves anything. The container's own address is often trusted, the pod's is not.
func (s Server) CheckedHost(ctx context.Context, database, role string) (string, error) {
	for _, host := range []string{"localhost", s.Container.IP} {
		if host == "" {
			continue
		}
		status, err := s.status(ctx, "", "pg_isready", "-q", "-t", "3", "-h", host)
		if err != nil {
			return "", err
		}
		if status != 0 {
			continue
		}
		in, err := s.LogsIn(ctx, host, database, role, rand.Text())
		if err != nil {
			return "", err
		}
		if !in {
			return host, nil
		}
	}
	return "", nil
}

// LogsIn reports whether a role can log in with a password, by doing it.
func (s Server) LogsIn(ctx context.Context, host, database, role, password string) (bool, error) {
	status, err := s.status(ctx, password, "psql", "-X", "-q", "--no-password", "-h", host, "-U", role, "-d", database, "-c", "SELECT 1")
	if err != nil {
		return false, fmt.Errorf("log in as %s: %w", role, err)
	}
	return status == 0, nil
}

// withPassword takes the password from the first line of the input: in an argument the API server's audit log would show it. It says how
// the program ended, since not every container runtime passes that on.
const withPassword = `IFS= read -r PGPASSWORD; export PGPASSWORD; "$@" </dev/null >/dev/null 2>&1; echo $?`

// status is the exit code of a program that gets a password.
func (s Server) status(ctx context.Context, password string, program ...string) (int, error) {
	var out bytes.Buffer
	err := s.Run(ctx, strings.NewReader(password+"\n"), &out, append([]string{"sh", "-c", withPassword, "sh"}, program...)...)
	if err != nil {
		return 0, kube.ExplainExec(program[0]+" in "+s.Container.Pod, err)
	}
	status, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil {
		return 0, fmt.Errorf("%s in %s: %w", program[0], s.Container.Pod, err)
	}
	return status, nil
}
