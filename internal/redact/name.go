package redact

import "strings"

// isSecretName reports whether a name says that its value is a secret: DB_PASSWORD, api-token; not token_type.
func isSecretName(name string) bool {
	found := false
	standard().words.scan(name, func(word uint16, end int) {
		for _, a := range standard().actions[word] {
			start := end - a.length
			c, isField := standard().fields[strings.ToLower(name[start:end])]
			if !isField || a.find == nil || c == vague {
				continue
			}
			if f, ok := readName(name, start, end, c); ok && f.start == 0 && f.end == len(name) {
				found = true
			}
		}
	})
	return found
}
