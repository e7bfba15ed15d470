package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSecretsAreHidden(t *testing.T) {
	for _, line := range []string{
		"connecting with password=SECRET1",
		"DB_PASSWORD: SECRET1",
		"DB_PASS=SECRET1",
		"DBPASS=SECRET1",
		"dbPass=SECRET1",
		"smtp.pass: SECRET1",
		"passphrase=SECRET1 and SECRET1",
		"passwd=SECRET1",
		`password: "SECRET1 two words SECRET1"`,
		`password: 'SECRET1 two words SECRET1'`,
		`password: "SECRET1 without an end`,
		`{"password":"SECRET1","user":"x"}`,
		`{"password":"a\"SECRET1 b","user":"x"}`,
		`{\"api_key\": \"SECRET1\"}`,
		`{\"api_key\": \"two words SECRET1\"}`,
		"Authorization: Bearer SECRET1SECRET1",
		"authorization=Basic SECRET1SECRET1==",
		"Authorization: ApiKey SECRET1",
		`Authorization: Digest username="x", response="SECRET1"`,
		"authorization: AWS4-HMAC-SHA256 Credential=x, Signature=SECRET1",
		`{"authorization":"Negotiate SECRET1"}`,
		"Cookie: session=SECRET1; other=SECRET1",
		"Set-Cookie: sid=SECRET1; Path=/",
		"GET /?access_token=SECRET1&x=1",
		"postgres://postgres:SECRET1@postgres:5432/ecommerce",
		"postgres://app:p@SECRET1@db/x",
		"postgres://app:p@ss/SECRET1@db:5432/x",
		"https://app:p@SECRET1@host/x",
		"redis://:SECRET1@redis:6379",
		"requirepass SECRET1",
		`requirepass "two SECRET1"`,
		"redis-server --requirepass SECRET1",
		"masterauth SECRET1",
		"mysql --password SECRET1",
		`tool --api-token "SECRET1 x"`,
		"tool --db-pass SECRET1",
		"ALTER USER app PASSWORD 'SECRET1'",
		"ALTER ROLE app WITH ENCRYPTED PASSWORD 'it''s SECRET1'",
		"CREATE USER app IDENTIFIED BY 'SECRET1'",
		"using bearer SECRET1.abc-def",
		"token eyJSECRET1aaa.eyJSECRET1bbb.SECRET1",
		"slack xoxb-SECRET1-abcdefgh", "slack xoxp-SECRET1-abcdefgh", "slack xapp-1-SECRET1-abcdefgh",
		"https://hooks.slack.com/services/T0/B0/SECRET1",
		"ghp_SECRET1aaaaaaaaaaaaaaaaaaa", "gho_SECRET1aaaaaaaaaaaaaaaaaaa", "github_pat_SECRET1aaaaaaaaaaaaaaaaaaa",
		"sk_live_SECRET1aaaaaaaaaaaa",
		"AIzaSECRET1aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"AKIASECRET1AAAAAAAAA",
		"client-secret='SECRET1'",
		"PGPASSWORD=SECRET1 pg_dump",
		"-----BEGIN RSA PRIVATE KEY-----\nSECRET1\n-----END RSA PRIVATE KEY-----",
		"-----BEGIN PRIVATE KEY-----\nSECRET1 without an end",
		"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQSECRET1",
	} {
		got := Text(line)
		require.NotContains(t, got, "SECRET1", line)
		require.Contains(t, got, hidden, line)
	}
}

func TestWhatIsNoSecretStaysReadable(t *testing.T) {
	for _, line := range []string{
		"user 42 logged in", "tokens are fine", "GET /api/users 200 12ms", "http://user-service:8080/health",
		"passenger: 42", "compass=north", "bypass=true", "passed: 12 failed: 0", "surpass: 3",
		"password reset requested", "token refreshed user=311", "login user=990 failed: wrong password",
		`MountVolume.SetUp failed for volume "db" : secret "postgres-secret" not found`,
		"http://user-service:8080/mail?to=a@example.com", "https://example.com/@user", "cookies enabled: yes",
		"sha256:9ee15573dba5ffe886581f3849024b19b7263c35a9a41fd51d9c0418735bdc4d",
		"-----BEGIN CERTIFICATE-----", "keyboard: us", "--passengers 3", "1 passes, 2 passes",
	} {
		require.Equal(t, line, Text(line))
	}
	require.Equal(t, `{"password":"***","user":"x"}`, Text(`{"password":"SECRET1 a","user":"x"}`), "only the value is hidden")
	require.Equal(t, "postgres://app:***@db:5432/x failed", Text("postgres://app:p@ss@db:5432/x failed"))
	require.Equal(t, "mysql --password --user app", Text("mysql --password --user app"), "the next flag is no password")
}

func TestAPrivateKeyIsHiddenLineByLine(t *testing.T) {
	body := strings.Repeat("Ab1/", 16)
	for name, c := range map[string]struct{ log, want []string }{
		"whole": {
			[]string{"before", "-----BEGIN RSA PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED", "", body, body, "c2hvcnQ=", "-----END RSA PRIVATE KEY-----", "after"},
			[]string{"before", hidden, hidden, hidden, hidden, hidden, hidden, "-----END RSA PRIVATE KEY-----", "after"},
		},
		"with a prefix": {
			[]string{"INFO -----BEGIN EC PRIVATE KEY-----", "INFO " + body, "INFO c2hvcnQ=", "after"},
			[]string{"INFO " + hidden, hidden, hidden, "after"},
		},
		"the tail begins inside":       {[]string{body, body, "c2hvcnQ=", "-----END PRIVATE KEY-----", "after"}, []string{hidden, hidden, hidden, "-----END PRIVATE KEY-----", "after"}},
		"on one line":                  {[]string{`"-----BEGIN PRIVATE KEY-----\n` + body + `\n-----END PRIVATE KEY-----"`, "after"}, []string{`"` + hidden + `"`, "after"}},
		"a public key and a checksum":  {[]string{"-----BEGIN PUBLIC KEY-----", strings.Repeat("0a1f", 16), "after"}, []string{"-----BEGIN PUBLIC KEY-----", strings.Repeat("0a1f", 16), "after"}},
		"what never ends hides little": {[]string{"-----BEGIN PRIVATE KEY-----", body, "one line too many", "after"}, []string{hidden, hidden, hidden, "after"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Lines{}
			var got []string
			for _, line := range c.log {
				got = append(got, r.Redact(line))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestAControlCharacterIsNoSecret(t *testing.T) {
	require.True(t, Has("pass\u200bword=hunter2"))
	require.False(t, Has("logs order\u200b --errors"))
	require.False(t, Has("one\r\ntwo\x00"))
}
