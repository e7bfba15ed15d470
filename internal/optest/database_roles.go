package optest

import (
	"bufio"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"
)

// alterRole is how a role gets a password: PostgreSQL's verifier, never the password itself.
var alterRole = regexp.MustCompile(`^ALTER ROLE "(\w+)" PASSWORD '(SCRAM-SHA-256\$(\d+):([^$]+)\$[^:]+:([^']+))';$`)

// alter takes in a new password.
func (f *FakeDatabase) alter(line string) {
	if match := alterRole.FindStringSubmatch(line); match != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.Roles[match[1]] = match[2]
	}
}

// logIn answers a program that gets a password in the first line of its input.
func (f *FakeDatabase) logIn(c k8sops.Command) error {
	password, err := bufio.NewReader(c.Stdin).ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	stored, known := f.Roles[c.Args[slices.Index(c.Args, "-U")+1]]
	if f.Trust || c.Args[4] == "pg_isready" || known && opens(stored, strings.TrimSuffix(password, "\n")) {
		return Write(c.Stdout, "0\n")
	}
	return Write(c.Stdout, "2\n")
}

// opens compares a password with what is stored: itself, or its verifier.
func opens(stored, password string) bool {
	match := alterRole.FindStringSubmatch(`ALTER ROLE "x" PASSWORD '` + stored + `';`)
	if match == nil {
		return stored == password
	}
	iterations, _ := strconv.Atoi(match[3])
	salt, _ := base64.StdEncoding.DecodeString(match[4])
	salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, salted)
	mac.Write([]byte("Server Key"))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)) == match[5]
}
