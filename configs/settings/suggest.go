package settings

import (
	"fmt"

	"opsbot/internal/nearest"
)

// Suggest is the hint for a misspelt name: the nearest known one, if any is near enough to be meant.
func Suggest(name string, known []string) string {
	names := nearest.Names(name, known)
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("did you mean %s?", names[0])
}
