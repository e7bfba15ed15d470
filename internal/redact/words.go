package redact

import "strings"

// class says how a name is read.
type class int

const (
	// plain names hold a secret, also as a part of a longer name: DB_PASSWORD, clientSecret.
	plain class = iota
	// standing names are words of their own: pass in DB_PASS, not in compass.
	standing
	// header values go to the end of the line: they have a scheme, or several parts.
	header
	// vague names hold a secret where the value looks like one: auth=, signature:.
	vague
	// coded names hold a few digits: otp, pin.
	coded
)

// fieldWords are what names of secrets are made of.
func fieldWords() map[string]class {
	words := map[string]class{
		"authorization": header, "cookie": header, "passphrase": header,
		"pass": standing, "pw": standing, "pswd": standing, "psw": standing, "passcode": standing,
		"auth": vague, "signature": vague, "sid": vague, "session": vague, "hmac": vague, "bearer": vague, "nonce": vague, "key": vague, "jwt": vague, "sig": vague,
		"otp": coded, "pin": coded, "totp": coded, "verification code": coded, "mfa_code": coded,
	}
	for _, word := range strings.Fields(`password passwd passwort pwd secret token credential creds apikey api_key api-key accesskey access_key access-key
		privatekey private_key private-key signingkey signing_key signing-key encryptionkey encryption_key encryption-key secretkey
		authkey auth_key auth-key accountkey account_key account-key masterkey master_key master-key sharedaccesskey license_key key-data
		keydata jsessionid phpsessid sessionid session_id session-id csrf xsrf storepass keypass requirepass masterauth connect.sid
		hash_key aeskey aes_key crypto_key appkey app_key app-key`) {
		words[word] = plain
	}
	for _, word := range []string{"api key", "access key", "private key", "secret key", "account key"} {
		words[word] = plain
	}
	return words
}

// chineseWords: passwords, keys, tokens, in simplified and traditional characters.
func chineseWords() []string {
	return strings.Fields("密码 口令 密钥 秘钥 令牌 凭证 凭据 私钥 验证码 授权码 密碼 金鑰 密鑰 權杖 憑證 私鑰 驗證碼 授權碼 暗号")
}

// queryNames are the parameters of addresses that hold secrets and whose names say too little elsewhere.
func queryNames() []string {
	return strings.Fields("key sig signature code auth sign sid session hash h hmac jwt assertion ticket x-amz-signature x-amz-credential x-amz-security-token " +
		"x-goog-signature x-goog-credential x-oss-signature x-cos-signature x-obs-signature awsaccesskeyid ossaccesskeyid")
}

// aboutWords, after a name in the same identifier, say that the value is something about the secret: token_type, passwordPolicy,
// secretKeyRef.
func isAbout(word string) bool {
	switch word {
	case "file", "files", "path", "paths", "dir", "name", "names", "count", "counts", "total", "len", "length", "size", "type", "types", "kind",
		"policy", "policies", "expiry", "expires", "expired", "expiration", "expire", "ttl", "age", "lifetime", "limit", "limits", "remaining",
		"used", "usage", "quota", "version", "algorithm", "alg", "endpoint", "uri", "url", "provider", "providers", "store", "manager", "mount", "volume",
		"class", "required", "enabled", "disabled", "changed", "reset", "valid", "invalid", "status", "state", "error", "errors", "attempts",
		"retries", "strength", "min", "max", "field", "input", "prompt", "authentication", "authenticator", "review", "reviews", "request",
		"requests", "issuer", "issued", "audience", "scope", "scopes", "bucket", "rate", "latency", "duration", "seconds", "ms", "cache", "refreshed",
		"rotation", "rotated", "controller", "operator", "service", "driver", "csi", "sync", "engine", "namespace", "ns", "at", "in", "time",
		"timestamp", "date", "exists", "set", "present", "empty", "missing", "found", "hint", "label", "title", "index", "per", "budget",
		"window", "handler", "filter", "validator", "encoder", "generator", "server", "mode", "webhook", "ref", "refs", "selector", "format",
		"rules", "rule", "template", "config", "settings", "helper", "util", "utils", "factory", "exception", "interceptor", "repository", "cleaner",
		"cleanup", "gc", "bytes", "throughput", "speed", "usages", "id", "ids", "resolver", "cookie", "source", "projection", "plugin", "script",
		"agent", "page", "form", "view", "test", "tests", "check", "job", "worker", "queue", "event", "events", "metrics", "update", "updater":
		return true
	}
	return false
}

// isOtherWord tells from how it goes on that the word is another: secretary, tokenizer.
func isOtherWord(tail string) bool {
	for _, ending := range [...]string{"ary", "ari", "ion", "iz", "is", "ly", "ive"} {
		if strings.HasPrefix(tail, ending) {
			return true
		}
	}
	return false
}

// isReferenceName tells names whose values are names of secrets, or checksums of them.
func isReferenceName(before, name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "pullsecrets") || strings.HasSuffix(name, "pullsecret") || strings.HasSuffix(before, "checksum/")
}

// isProse tells the words that go on after a colon where a person or a program tells about a secret: "token: expired", "failed to get
// secret: context deadline exceeded".
func isProse(word string) bool {
	switch word {
	case "context", "inappropriate", "eof", "error", "errors", "failed", "failure", "secrets", "secret", "token", "tokens", "the", "a", "an", "could", "unable", "cannot",
		"can't", "no", "not", "invalid", "expired", "missing", "unexpected", "unauthorized", "unauthorised", "forbidden", "timeout", "timed",
		"dial", "open", "read", "reading", "connection", "rpc", "unknown", "signature", "is", "was", "has", "must", "should", "object", "already", "parse",
		"parsing", "permission", "status", "incorrect", "wrong", "required", "mismatch", "empty", "unset", "changed", "ok", "denied", "revoked",
		"valid", "undefined", "disabled", "enabled", "rotated", "renewed", "refreshed", "issued", "created", "updated", "deleted", "granted",
		"rejected", "accepted", "success", "successful", "succeeded", "pending", "absent", "present", "unchanged", "reset", "user", "users", "password",
		"account", "waiting", "retrying", "skipped", "skipping", "using", "loading", "loaded", "found", "mount", "mounted", "volume", "request",
		"too", "malformed", "illegal", "bad", "internal", "http", "https", "x509", "tls", "client", "server", "authentication", "access", "please",
		"optional", "supported", "unsupported", "deprecated", "allowed", "active", "inactive", "healthy", "synced", "ready", "started", "stopped",
		"configmap", "configmaps", "pod", "pods", "namespace", "resource", "resources", "operation", "exceeded", "hidden", "redacted", "masked", "see",
		"rate", "retry", "stale", "will", "may", "if", "when", "for", "from", "to", "on", "by", "of", "and", "or", "with", "without", "only", "this", "all", "any":
		return true
	}
	return false
}

// isNothing tells the values that are none, or are hidden already, or only refer to one.
func isNothing(value string) bool {
	value = strings.Trim(value, `"'`+"`")
	if len(value) > 64 {
		return false
	}
	switch strings.ToLower(value) {
	case "", "***", "null", "nil", "none", "true", "false", "undefined", "yes", "no", "n/a", "na", "-", "--", "<nil>", "<none>", "<set>", "(set)", "unset", "empty",
		"redacted", "<redacted>", "[redacted]", "(redacted)", "filtered", "[filtered]", "<hidden>", "(hidden)", "[hidden]", "<secret>", "hidden",
		"<unset>", "[masked]", "<masked>", "<empty>", "{}", "[]", "optional", "required", "string", "str", "[]string", "•••", "••••••", "typed",
		"expired", "invalid", "missing", "incorrect", "wrong", "<sensitive>", "(sensitive value)", "<password>", "<token>", "...", "…":
		return true
	}
	if strings.Trim(value, "*") == "" || strings.Trim(value, "•") == "" || len(value) >= 3 && strings.Trim(value, "x") == "" {
		return true
	}
	return isReferenceTo(value)
}

// isReferenceTo tells ${DB_PASSWORD}, $(DB_PASSWORD), {{ .Values.password }} and %s.
func isReferenceTo(value string) bool {
	if len(value) == 2 && value[0] == '%' {
		return true
	}
	for _, p := range [][2]string{{"${", "}"}, {"$(", ")"}, {"{{", "}}"}, {"<%", "%>"}} {
		if inner, ok := strings.CutPrefix(value, p[0]); ok {
			inner, ok = strings.CutSuffix(inner, p[1])
			return ok && strings.Trim(strings.ToLower(inner), "abcdefghijklmnopqrstuvwxyz0123456789_-. \"$") == ""
		}
	}
	return false
}

// isNothingInChinese is the same after 密码：.
func isNothingInChinese(value string) bool {
	for _, word := range [...]string{"无", "空", "未设置", "未配置", "已过期", "过期", "无效", "错误", "已重置", "不正确", "已更改", "已修改", "已失效", "失效", "失败",
		"有效", "已轮换", "正常", "缺失", "不匹配", "不存在", "已设置", "已隐藏", "成功", "未找到", "已更新", "已撤销", "必填", "不能", "为空",
		"用户", "請", "请", "連接", "连接", "超时", "拒绝", "校验", "验证", "解析", "无法", "加载", "读取", "获取", "已启用", "已禁用", "默认",
		"缺少", "未", "已", "不"} {
		if strings.HasPrefix(value, word) {
			return true
		}
	}
	return false
}

// isAboutInChinese tells the words between 密码 and its value that make it something else: 密码长度, 令牌数量.
func isAboutInChinese(between string) bool {
	for _, word := range [...]string{
		"长度", "强度", "数量", "类型", "名称", "次数", "有效期", "策略", "版本", "格式", "规则", "状态", "文件", "路径", "最大",
		"最小", "最长", "错误", "过期", "失效", "轮换", "个数", "位数", "算法", "服务", "管理", "日期", "时间", "周期", "总数", "桶",
	} {
		if strings.Contains(between, word) {
			return true
		}
	}
	return false
}
