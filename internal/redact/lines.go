package redact

import (
	"regexp"
	"strings"
)

var (
	// privateKey is a whole one; Lines knows one by its lines, where the last is not in sight.
	privateKey    = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----`)
	privateKeyEnd = regexp.MustCompile(`-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----`)
	// keyBody is a line of a key: RFC 7468 wraps at 64 characters, OpenSSH at 70.
	keyBody    = regexp.MustCompile(`^\s*[A-Za-z0-9+/]{64,76}\s*$`)
	keyInside  = regexp.MustCompile(`[A-Za-z0-9+/]{40,}=*\W*$|^\s*(?:Proc-Type|DEK-Info|Comment|Version):|^\s*$`)
	keyOpening = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----`)
	putty      = regexp.MustCompile(`^Private-Lines: \d+`)
	// A name alone, whose value is on the next line: a block of YAML, an argument of a list, a variable of a container.
	blockName = regexp.MustCompile(`^(\s*)(?:- )?["']?([\w.-]+)["']?\s*:\s*[|>][+-]?\d?\s*$`)
	listFlag  = regexp.MustCompile(`^\s*-\s*["']?--?([\w-]+)["']?\s*,?\s*$`)
	varName   = regexp.MustCompile(`^\s*-?\s*["']?[Nn]ame["']?\s*[:=]\s*["']?([\w.-]+)["']?,?\s*$`)
	varValue  = regexp.MustCompile(`^(\s*-?\s*(?:["']?[Vv]alue["']?\s*[:=]\s*)?["']?)([^\s"'-][^"']*)`)
)

// Lines redacts a log line by line. What takes many lines is known by its first: a private key, a block of YAML.
type Lines struct {
	inKey   bool
	inBlock int // the indent of the name of a block that is secret, plus one; 0 outside of one
	expects bool
}

// Redact hides what is secret in the next line, and removes control sequences.
func (l *Lines) Redact(line string) string {
	line = clean(line)
	switch {
	case l.inKey:
		return l.insideKey(line)
	case l.inBlock > 0:
		if strings.TrimSpace(line) == "" || indentOf(line) >= l.inBlock {
			return hiddenLine(line)
		}
		l.inBlock = 0
	case l.expects:
		l.expects = false
		if value, ok := valueOfLine(line); ok {
			return line[:value.start] + hidden + line[value.end:]
		}
	}
	if len(line) >= 64 && keyBody.MatchString(line) && isMixed(line) { // a tail may begin inside a key
		l.inKey = true
		return hidden
	}
	l.lookAhead(line)
	return standard().redact(line)
}

// valueOfLine is the value in the line after a name.
func valueOfLine(line string) (span, bool) {
	m := varValue.FindStringSubmatchIndex(line)
	if m == nil || isNothing(line[m[4]:m[5]]) || isMapLine(line, m) {
		return span{}, false
	}
	return span{m[4], m[5]}, true
}

// opensKey reports whether a private key begins in the line and does not end there.
func opensKey(line string) bool {
	if strings.HasPrefix(line, "Private-Lines") {
		return putty.MatchString(line)
	}
	if !strings.Contains(line, "PRIVATE KEY") {
		return false
	}
	opening := keyOpening.FindAllStringIndex(line, -1)
	return opening != nil && !privateKeyEnd.MatchString(line[opening[len(opening)-1][1]:])
}

// lookAhead notes that the next lines hold the value.
func (l *Lines) lookAhead(line string) {
	l.inKey = opensKey(line)
	if line == "" || len(line) > 200 {
		return
	}
	switch last := strings.TrimRight(line, " \t\r"); {
	case strings.HasSuffix(last, "|") || strings.HasSuffix(last, ">") || strings.HasSuffix(last, "|-") || strings.HasSuffix(last, ">-"):
		if m := blockName.FindStringSubmatch(line); m != nil && isSecretName(m[2]) {
			l.inBlock = len(m[1]) + 1
		}
	case beginsWithName(last):
		if m := varName.FindStringSubmatch(line); m != nil {
			l.expects = isSecretName(m[1])
		}
	case strings.HasPrefix(strings.TrimLeft(last, " \t"), "-"):
		if m := listFlag.FindStringSubmatch(line); m != nil {
			l.expects = isSecretName(m[1])
		}
	}
}

// beginsWithName: - name: x.
func beginsWithName(line string) bool {
	line = strings.TrimLeft(line, " \t-\"'")
	return len(line) > 5 && strings.EqualFold(line[:4], "name") && !isWordByte(line[4])
}

// isMapLine: the line after a name is another field, not its value.
func isMapLine(line string, m []int) bool {
	return !strings.ContainsAny(line[m[2]:m[3]], ":=") && (strings.Contains(line[m[4]:m[5]], ": ") || strings.HasSuffix(strings.TrimSpace(line), ":") || !strings.Contains(line[m[2]:m[3]], "-"))
}

// insideKey ends the key at its last line or, where that never comes, after the first line that cannot be inside of one.
func (l *Lines) insideKey(line string) string {
	if end := privateKeyEnd.FindStringIndex(line); end != nil {
		l.inKey = false
		return hidden + standard().redact(line[end[1]:])
	}
	l.inKey = keyInside.MatchString(line) || line == hidden
	return hidden
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

func hiddenLine(line string) string {
	if strings.TrimSpace(line) == "" {
		return line
	}
	return line[:indentOf(line)] + hidden
}
