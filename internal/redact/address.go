package redact

import (
	"strings"
	"unicode/utf8"
)

// address hides the password of an address with a scheme: https://user:x@host, postgres://user:x@host/db. A password with an @ in it goes
// to the last one of the authority; those of connection strings are often not encoded at all and may have a slash, too.
func address(text string, start, end int) (span, bool) {
	rest := text[end:]
	if i := strings.IndexAny(rest, " \t\r\n\"'<>`|"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.Index(rest, "，"); i >= 0 {
		rest = rest[:i]
	}
	authority := rest
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		authority = rest[:i]
	}
	if isConnection(text[:start]) {
		authority = rest
		if i := strings.IndexByte(rest, '?'); i >= 0 && strings.IndexByte(rest[:i], '@') >= 0 {
			authority = rest[:i] // parameters after the database
		}
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return span{}, false
	}
	colon := strings.IndexByte(authority[:at], ':')
	if colon < 0 {
		user := authority[:at]
		isKey := strings.HasSuffix(text[:start], "redis") || strings.HasSuffix(text[:start], "rediss") // some write the password alone
		return span{end, end + at}, user != "" && isKey && user != "default" || isOpaque(user, 12) && !strings.Contains(user, ".")
	}
	return span{end + colon + 1, end + at}, at > colon+1
}

// isConnection tells the schemes of databases and queues.
func isConnection(before string) bool {
	before = strings.ToLower(lastBytes(before, 24))
	before = before[strings.LastIndexAny(before, " \t\"'=([{<,;|")+1:]
	before, _, _ = strings.Cut(before, "+")
	before = before[strings.LastIndexByte(before, ':')+1:]
	switch before {
	case "postgres", "postgresql", "mysql", "mysqlx", "mariadb", "sqlserver", "mssql", "redis", "rediss", "mongodb", "amqp", "amqps", "clickhouse", "oracle",
		"cockroachdb", "tidb", "kafka", "nats", "memcached", "ldap", "ldaps", "smtp", "smtps", "ftp", "sftp", "valkey", "elasticsearch", "cassandra", "db2":
		return true
	}
	return false
}

// schemeless hides the password of user:x@tcp(host)/db, as Go's MySQL driver has it, and of user:x@host:3306.
func schemeless(text string, start, end int) (span, bool) {
	after := text[end:]
	if !isHost(after) {
		return span{}, false
	}
	from := strings.LastIndexAny(text[:start], " \t\"'`<>,;|") + 1
	if i := strings.Index(text[from:start], "://"); i >= 0 {
		return span{}, false // address has it
	}
	token := text[from:start]
	colon := strings.IndexByte(token, ':')
	if colon < 0 {
		return span{}, false
	}
	if next := strings.IndexByte(token[colon+1:], ':'); next > 0 && strings.Trim(token[:colon], "abcdefghijklmnopqrstuvwxyz_") == "" && strings.HasSuffix(after, "") && strings.HasPrefix(token, "dsn:") {
		colon += 1 + next
	}
	return span{from + colon + 1, start}, start > from+colon+1
}

// isHost: tcp(…), unix(…), (…), /db, host:3306.
func isHost(after string) bool {
	for _, network := range [...]string{"tcp(", "tcp4(", "tcp6(", "unix(", "(", "cloudsql("} {
		if strings.HasPrefix(after, network) {
			return true
		}
	}
	i := 0
	for i < len(after) && (isWordByte(after[i]) || after[i] == '.' || after[i] == '-') {
		i++
	}
	switch {
	case strings.HasPrefix(after, "sha256:"), strings.HasPrefix(after, "sha512:"):
		return false
	case i == 0:
		return strings.HasPrefix(after, "/") && len(after) > 1 && isLetter(after[1])
	}
	return i+2 < len(after) && after[i] == ':' && isDigit(after[i+1]) && isDigit(after[i+2])
}

// scheme hides what follows Bearer or Basic.
func scheme(text string, start, end int) (span, bool) {
	if start > 0 && isWordByte(text[start-1]) {
		return span{}, false
	}
	at := skipSpace(text, end)
	i := at
	for i < len(text) && (isWordByte(text[i]) || strings.IndexByte(".~+/=-:%", text[i]) >= 0) {
		i++
	}
	value := text[at:i]
	if len(value) < 8 || isPair(value) {
		return span{}, false
	}
	plain := strings.Trim(value, "abcdefghijklmnopqrstuvwxyz") == "" || strings.Trim(value[1:], "abcdefghijklmnopqrstuvwxyz-.:") == ""
	return span{at, i}, !plain
}

// isPair: realm=x, not the padding at the end of base64.
func isPair(value string) bool {
	at := strings.IndexByte(value, '=')
	return at > 0 && at < len(strings.TrimRight(value, "="))
}

// maxParameter is how long a parameter of an address may be.
const maxParameter = 2048

// parameter hides the value of a parameter of an address.
func parameter(text string, _, end int) (span, bool) {
	i := end
	for i < min(len(text), end+maxParameter) && strings.IndexByte("& \t\r\n\"'<>#`|)];,\\", text[i]) < 0 && !strings.HasPrefix(text[i:], "%26") && (text[i] < utf8.RuneSelf || wideStop(text[i:]) == 0) {
		i++
	}
	value := text[end:i]
	name := strings.TrimLeft(text[max(0, strings.LastIndexAny(text[:end-1], "?&;")+1):end-1], "?&;")
	if name == "sig" || strings.Contains(name, "ignature") || strings.Contains(strings.ToLower(name), "credential") {
		return span{end, i}, i > end && !isNothing(value)
	}
	return span{end, i}, isOpaque(value, 8) && !isNothing(value) && !(isDigest(value) && len(value) <= 16)
}
