package redact

import "strings"

// token is how the tokens of a vendor begin. Any length from least on counts, longer than in gitleaks' rules: tests, older and newer
// forms have others.
type token struct {
	prefix string // as written
	least  int    // characters after it
	extra  string // that it has besides letters, digits, _ and -
	any    bool   // also without a digit or a capital
}

func tokens() []token {
	list := []token{
		{"eyJ", 16, ".", false}, {"AKIA", 12, "", true}, {"ASIA", 12, "", true}, {"AKID", 13, "", false}, {"LTAI", 8, "", true}, {"AIza", 20, "", false},
		{"ya29.", 8, ".", true}, {"SG.", 16, ".", true}, {"github_pat_", 10, "", true}, {"hvs.", 8, "", true}, {"hvb.", 8, "", true},
		{"hvr.", 8, "", true}, {"npm_", 10, "", false}, {"dckr_pat_", 8, "", true}, {"dckr_oat_", 8, "", true}, {"pypi-", 16, "", false},
		{"xapp-", 8, "", true}, {"sk-", 16, "", false}, {"r8_", 20, "", false}, {"gsk_", 16, "", false}, {"xai-", 16, "", false},
		{"nvapi-", 16, "", false}, {"hf_", 16, "", false}, {"rubygems_", 16, "", false}, {"tskey-", 10, "", false}, {"PMAK-", 12, "", false},
		{"dop_v1_", 12, "", true}, {"doo_v1_", 12, "", false}, {"sbp_", 16, "", false}, {"sntrys_", 16, "=/+", false}, {"tfp_", 16, "", false},
		{"whsec_", 10, "+/=", false}, {"shpat_", 12, "", true}, {"shpss_", 12, "", false}, {"glsa_", 12, "", true}, {"glc_", 12, "=", false},
		{"AGE-SECRET-KEY-1", 10, "", false}, {"EAAC", 40, "", false}, {"ATATT3", 20, "=", false}, {"ATBB", 20, "", false}, {"NRAK-", 12, "", false},
		{"sq0csp-", 10, "", false}, {"sq0atp-", 10, "", false}, {"dp.pt.", 10, "", false}, {"dp.st.", 10, ".", false}, {"lin_api_", 10, "", false},
		{"pscale_tkn_", 10, "", false}, {"pscale_pw_", 10, "", false}, {"figd_", 10, "", false}, {"rnd_", 20, "", false}, {"re_", 24, "", false},
		{"secret_", 32, "", false}, {"ntn_", 20, "", false}, {"key-", 32, "", false}, {"CFPAT-", 20, "", false}, {"dapi", 32, "", false}, {"tk_", 32, "", false},
		{"opsbot_feed_", 8, "", true}, // oncall.NewFeedKey
	}
	for _, kind := range []string{"pat", "dt", "ft", "rt", "soat", "ptt", "cbt", "ffct", "imt", "agent", "oas"} {
		list = append(list, token{"gl" + kind + "-", 8, ".", true})
	}
	for _, kind := range []string{"p", "o", "u", "s", "r"} {
		list = append(list, token{"gh" + kind + "_", 16, "", true})
	}
	for _, kind := range []string{"b", "p", "a", "r", "s", "e", "o", "c"} {
		list = append(list, token{"xox" + kind + "-", 8, "", true}, token{"xox" + kind + ".", 8, "-", true})
	}
	for _, kind := range []string{"sk_live_", "sk_test_", "rk_live_", "rk_test_", "pk_live_", "pk_test_"} {
		list = append(list, token{kind, 8, "", true})
	}
	return list
}

func (t token) word() string { return strings.ToLower(t.prefix) }

// find takes a token whole that begins here, in the right case and at the beginning of a word.
func (t token) find(text string, start, end int) (span, bool) {
	if text[start:end] != t.prefix || !t.mayBegin(text, start) {
		return span{}, false
	}
	i := end
	for i < len(text) && (isWordByte(text[i]) || text[i] == '-' || strings.IndexByte(t.extra, text[i]) >= 0) {
		i++
	}
	for i > end && text[i-1] == '.' {
		i--
	}
	value := text[end:i]
	return span{start, i}, len(value) >= t.least && (t.any || isRandom(value))
}

// mayBegin: at the beginning of a word; sk- also not in the middle of disk-sk-.
func (t token) mayBegin(text string, at int) bool {
	if at == 0 || !isWordByte(text[at-1]) && text[at-1] != '-' {
		return true
	}
	return escaped(text, at) || text[at-1] == '-' && t.prefix != "sk-"
}

// isRandom: a digit, a capital, or too long for a word.
func isRandom(value string) bool {
	return strings.ContainsAny(value, "0123456789") || isMixed(value) || len(value) >= 30 && !strings.ContainsAny(value, "_-")
}

// escaped: the letter before belongs to an escape, as in \nglpat-….
func escaped(text string, at int) bool {
	return at >= 2 && text[at-2] == '\\' && strings.IndexByte("ntr", text[at-1]) >= 0 || at >= 3 && text[at-3] == '%'
}

// isMixed: capitals inside of the word.
func isMixed(s string) bool { return strings.ToLower(s) != s && strings.ToUpper(s) != s }
