package redact

import (
	"regexp"
	"strings"
)

const argument = `("[^"]*"?|'[^']*'?|[^\s"',\]]+)`

// ownRules are what neither a name in front nor gitleaks' rules tell.
func ownRules() []*rule {
	rules := []*rule{
		newRule("identified by", `(?i)\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?`+argument, "identified"),
		newRule("mysql -p", `(?:^|[\s"'])-p([^\s"',\]]+|'[^']*'|"[^"]*")`, "mysql", "mariadb", "mydumper", "xtrabackup"),
		newRule("-u user -p", `\s-u\s*['"]?[^\s'",]+['"]?[\s,"']+(?:\S+\s+){0,4}?['"]?-p\s*`+argument, " -u", `"-u`, `'-u`),
		newRule("login -p", `(?i)\b(?:sshpass|(?:docker|podman|nerdctl|az|oc|buildah|skopeo|cf|helm registry) login|mongo\w*|rabbitmqadmin|cqlsh|7z|unrar|clickhouse\S*|influx)\b.*?[\s"']-(?:p|-?password)["']?[=, ]*`+argument,
			"sshpass", "docker login", "podman login", "nerdctl login", "az login", "oc login", "buildah login", "skopeo login", "registry login", "cf login", "mongo", "rabbitmqadmin", "cqlsh", "7z ", "unrar"),
		newRule("tool -a", `(?i)\b(?:redis-cli|valkey-cli)\b.*?[\s"']-a["']?[, ]*`+argument, "redis-cli", "valkey-cli"),
		newRule("tool -w", `(?i)\bldap(?:search|modify|add|delete|passwd|whoami)\b.*?[\s"']-w["']?[, ]*`+argument, "ldap"),
		newRule("tool -P", `\b(?:sqlcmd|bcp|isql|zip|tsql)\b.*?[\s"']-P["']?[, ]*`+argument, "sqlcmd", "bcp ", "isql", "zip ", "tsql"),
		newRule("smb", `(?i)\bsmbclient\b.*?-U\s*['"]?[^\s%]+%([^\s'"]+)`, "smbclient"),
		newRule("net use", `(?i)\bnet\s+use\s+\S+(?:\s+\\\\\S+)?\s+([^\s/]+)\s+/user:`, "net use"),
		newRule("htpasswd", `(?i)\bhtpasswd\s+(?:-\w*b\w*)\s+(?:-\S+\s+)*(?:[^\s-]\S*\s+){1,2}(\S+)`, "htpasswd"),
		newRule("chpasswd", `(?i)\becho\s+['"]?[\w.-]+:([^\s'"|]+)['"]?\s*\|\s*(?:sudo\s+)?chpasswd`, "chpasswd"),
		newRule("passin", `(?i)\bpass(?:in|out)?[\s=]+pass:(\S+)`, "pass:"),
		newRule("AUTH", `(?:^|[\s"'>\]])"?AUTH"?\s+(?:(?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2)\s+([A-Za-z0-9+/=]{8,})|"(?:[^"]*"\s+")?([^"]+)"|([^\s"]*[0-9!@#$%][^\s"]*)\s*$|\S+\s+(\S*[0-9!@#$%]\S*)\s*$)`, "auth"),
		newRule("hash", `\$(?:2[abxy]\$\d\d\$[./A-Za-z0-9]{20,}|argon2(?:id|i|d)\$\S+|[156y]\$[^\s"':$]+\$[./A-Za-z0-9$]{16,}|apr1\$\S+)|\bpbkdf2_sha\d+\$\S+|\bSCRAM-SHA-256\$\S+|\{SS?HA\d*\}\S+|\bmd5[0-9a-f]{32}\b`,
			"$2a$", "$2b$", "$2y$", "$2x$", "$argon2", "$1$", "$5$", "$6$", "$y$", "$apr1$", "pbkdf2_sha", "scram-sha-256$", "{ssha", "{sha", "md5"),
		newRule("oracle", `(?i)\b(?:thin:|oci:|sqlplus\s+(?:-\S+\s+)*|exp(?:dp)?\s+|imp(?:dp)?\s+)[\w.$#]+/([^\s@"']+)@`, "thin:", "oci:", "sqlplus", "expdp", "impdp"),
		newRule("webhook", `(?i)hooks\.slack\.com/(?:services|workflows|triggers)/([\w/-]+)|discord(?:app)?\.com/api/webhooks/\d+/([\w-]+)|\.webhook\.office\.com/(\S+)`+
			`|open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/(?:v2/)?hook/([\w-]+)|qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([\w-]+)|events\.pagerduty\.com/integration/(\w+)`+
			`|outlook\.office\.com/webhook/(\S+)|hooks\.zapier\.com/hooks/catch/([\w/]+)`,
			"hooks.slack", "discord", ".webhook.office", "open.feishu", "larksuite", "qyapi.weixin", "events.pagerduty", "outlook.office", "hooks.zapier"),
		newRule("telegram", `\b(?:bot)?(\d{8,10}:AA[\w-]{20,})`, ":aa"),
		newRule("encoded key", `\b(MII[A-Za-z0-9+/]{40,}=*)`, "mii"),
		newRule("encoded pem", `\b(LS0tLS1CRUdJTiB[A-Za-z0-9+/=]{20,})`, "ls0tls1crudjti"),
		newRule("private key", `-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|$)`, "private key"),
		newRule("private lines", `(?i)PuTTY-User-Key-File|Private-MAC:\s*(\S+)`, "private-mac"),
		newRule("netrc", `(?i)\bmachine\s+\S+\s+login\s+\S+\s+password\s+(\S+)`, "machine"),
		newRule("cookie", `(?i)\b(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|laravel_session|_gitlab_session|sessionid)=([^;\s"']+)`, "sessid", "sessionid", "_session"),
		newRule("expect", `(?i)\b(?:login|logged in|authenticated|connect(?:ed|ing)?)\b[^"']{0,40}?\bwith (?:pw|pwd|pass)\s+(\S+)`, "with p"),
	}
	for _, r := range rules {
		switch r.id {
		case "AUTH":
			r.atWord, r.capitals, r.needs = true, true, "AUTH"
		case "mysql -p":
			r.keep, r.needs = isOtherFlag, "-p"
		case "tool -P":
			r.needs = "-P"
		case "-u user -p":
			r.needs = "-p"
			r.keep = func(m string) bool { return portOnly.MatchString(m) }
		case "encoded pem":
			r.keep = func(m string) bool {
				return strings.HasPrefix(m, "LS0tLS1CRUdJTiBDRVJU") || strings.HasPrefix(m, "LS0tLS1CRUdJTiBQVUJM")
			} // a certificate, a public key
		}
	}
	user := newRule("-u user:x", `(?:^|[\s"'\[,])(?:-u|-U|--user|--proxy-user|--credentials)(?:["']?,\s*|=|\s*)(?:"[^":]*:([^"]+)"|'[^':]*:([^']+)'|["']?[^\s:"'/,]*:([^\s"',]+))`, " -u", `"-u`, `'-u`, "--user", "--proxy-user", `["-u`, "--credentials")
	user.keep, user.needs = isNumericUser, ":"
	return append(rules, user)
}

var (
	otherFlag   = regexp.MustCompile(`^\s*["']?-p(?:ort\b|rotocol|lugin|id\b|rint|rogress|arallel|refix|ath|ager|roject|rofile|v\b|\d{1,5}$)`)
	portOnly    = regexp.MustCompile(`-p\s*[\d.]+(:\d+)*(/tcp|/udp)?$`)
	numericUser = regexp.MustCompile(`[\s=,"']\d+:\d+$`)
)

// isOtherFlag: -port, --protocol of the same programs are no -p.
func isOtherFlag(match string) bool { return otherFlag.MatchString(match) }

// isNumericUser: docker run -u 1000:1000.
func isNumericUser(match string) bool { return numericUser.MatchString(match) }
