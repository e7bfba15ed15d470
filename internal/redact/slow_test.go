package redact

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A line that is made to be slow: whoever writes to a log must not stop those who read it.
func TestNoLineTakesLong(t *testing.T) {
	const size = 16 << 10 // what is kept of an annotation
	for _, unit := range []string{
		"password", "password ", "password=", "password:)", "token token ", "bearer ", "://", "a:b@", "a@b:33", "[", "\x1b[", "password=\"", "password=[", "密码", "密码是", "密码：",
		"(", "password)", "password=,", "password=;a ", "pass", "?key=", "eyJ", "-----BEGIN PRIVATE KEY-----", "-u a:b ", "mysql -p", "mongo -p ", "redis-cli -a ", "auth ", "AUTH ", "\\", "password\\\"",
		"password for ", "--password", "<password>", "e[\\", "password.", "identified by ", "machine a login b ", "adobe=", "A", "MII", "\u200b", "cookie:", "'Authorization: ", "%3f",
	} {
		line := strings.Repeat(unit, size/len(unit))
		began := time.Now()
		once := Text(line)
		took := time.Since(began)
		if took > 100*time.Millisecond {
			t.Logf("%q: %v", unit, took)
		}
		require.Less(t, took, 5*time.Second, "%q", unit)
		require.Equal(t, once, Text(once), "%q", unit)
	}
}
