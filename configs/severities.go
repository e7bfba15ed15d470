package configs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ByName are the words of the severities by their names.
func (w SeverityWords) ByName() map[string][]string {
	return map[string][]string{"critical": w.Critical, "warning": w.Warning, "info": w.Info}
}

func (w SeverityWords) validate(ps *Problems) {
	words := w.ByName()
	seen := map[string]string{}
	for _, severity := range slices.Sorted(maps.Keys(words)) {
		for i, word := range words[severity] {
			path := fmt.Sprintf("severities.%s[%d]", severity, i)
			plain := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(word))
			switch other := seen[plain]; {
			case plain == "":
				ps.Add(path, "is empty", "give a word of the label severity, or leave it out")
			case severity != plain && slices.Contains(slices.Sorted(maps.Keys(words)), plain):
				ps.Add(path, fmt.Sprintf("%q is a severity itself", word), "leave it out")
			case other != "" && other != severity:
				ps.Add(path, fmt.Sprintf("%q is in severities.%s too", word, other), "leave it out of one of them")
			}
			seen[plain] = severity
		}
	}
}
