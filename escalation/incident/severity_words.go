package incident

import (
	"cmp"
	"strings"
)

// ParseSeverity reads the label "severity". An unknown value counts as Warning, so that it is neither ignored nor urgent.
func ParseSeverity(label string) Severity {
	s, _ := FindSeverity(label)
	return s
}

// FindSeverity is ParseSeverity, and tells whether the word is known: those of Prometheus, Zabbix, syslog, ITU-T X.733, incident levels
// and their Chinese counterparts are (docs/alertmanager.md). No word at all is Warning, and known.
func FindSeverity(word string) (s Severity, known bool) {
	switch PlainWord(word) {
	case "critical", "crit", "page", "emergency", "emerg", "fatal", "disaster", "blocker", "panic", "alert", "error", "err", "high", "major",
		"urgent", "severe", "p0", "p1", "p2", "s0", "s1", "s2", "sev0", "sev1", "sev2", "严重", "紧急", "致命", "灾难", "重大", "重要", "主要", "高":
		return Critical, true
	case "", "warning", "warn", "minor", "average", "medium", "moderate", "low", "p3", "p4", "s3", "s4", "sev3", "sev4",
		"警告", "告警", "次要", "一般", "中", "低":
		return Warning, true
	case "info", "information", "informational", "none", "notice", "debug", "ok", "p5", "s5", "sev5", "信息", "提示", "通知":
		return Info, true
	default:
		return Warning, false
	}
}

// PlainWord is what is compared of a word for a severity: "sev-2", "Severity 2" and "SEV2" are the same.
func PlainWord(word string) string {
	word = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t-_.:", r) {
			return -1
		}
		return r
	}, strings.ToLower(word))
	for _, long := range [][2]string{{"severity", "sev"}, {"priority", "p"}} {
		if rest, ok := strings.CutPrefix(word, long[0]); ok && len(rest) == 1 {
			return long[1] + rest
		}
	}
	return word
}

// Severity of the alert.
func (a Alert) Severity() Severity {
	s, _ := a.findSeverity()
	return s
}

// HasUnknownSeverity reports whether nobody knows how bad the alert is: its label has a word that neither the configuration nor the
// table has.
func (a Alert) HasUnknownSeverity() bool {
	_, known := a.findSeverity()
	return !known
}

func (a Alert) findSeverity() (Severity, bool) {
	return FindSeverity(cmp.Or(a.SeverityAs, a.Labels["severity"]))
}
