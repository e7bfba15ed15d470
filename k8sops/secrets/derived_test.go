package secrets

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsDerivedFromAPassword(t *testing.T) {
	for _, tc := range []struct {
		name, key, value, previous, next, want string
		ok                                     bool
	}{
		{"the password itself", "password", "secret12", "secret12", "new$1", "new$1", true},
		{"a user of the same name", "username", "postgres", "postgres", "new", "new", false},
		{"a URL", "DATABASE_URL", "postgres://app:secret12@db:5432/orders?sslmode=disable", "secret12", "new", "postgres://app:new@db:5432/orders?sslmode=disable", true},
		{"only the password of a URL", "url", "postgres://postgres:postgres@postgres/postgres", "postgres", "n3w", "postgres://postgres:n3w@postgres/postgres", true},
		{"a URL without a user", "REDIS_URL", "redis://:secret12@redis:6379/0", "secret12", "new", "redis://:new@redis:6379/0", true},
		{"written for a URL", "url", "postgres://app:p%40ss%2Fword@db/orders", "p@ss/word", "n@w/$1", "postgres://app:n%40w%2F$1@db/orders", true},
		{"written plainly in a URL", "url", "postgres://app:p+ssword@db/orders", "p+ssword", "a@b", "postgres://app:a%40b@db/orders", true},
		{"in a query", "url", "jdbc:postgresql://db/orders?user=app&password=secret12&ssl=true", "secret12", "a b", "jdbc:postgresql://db/orders?user=app&password=a+b&ssl=true", true},
		{"a connection string", "dsn", "host=db user=app password=secret12 dbname=orders", "secret12", "new", "host=db user=app password=new dbname=orders", true},
		{"a file of settings", "config.json", `{"user": "secret12", "password": "secret12"}`, "secret12", "new", `{"user": "secret12", "password": "new"}`, true},
		{"a part of another password", "dsn", "password=secret123", "secret12", "new", "password=secret123", false},
		{"something else", "notes", "secret12 was set in May", "secret12", "new", "secret12 was set in May", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := derived(tc.key, tc.value, tc.previous, tc.next)
			require.Equal(t, tc.ok, ok)
			require.Equal(t, tc.want, got)
			if ok {
				_, again := derived(tc.key, got, tc.previous, tc.next)
				require.False(t, again, "done once, there is nothing left to do")
			}
		})
	}
}
