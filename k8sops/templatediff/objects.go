package templatediff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// typedDiff says what changes between two objects of one of Kubernetes' own types, as Of does between pod templates: "" where nothing does.
func typedDiff(name string, from, to any) string {
	before, after := fieldsOf(from), fieldsOf(to)
	paths := maps.Clone(before)
	maps.Copy(paths, after)
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		lines = append(lines, fieldDiff(path, before, after)...)
	}
	if len(lines) == 0 {
		return ""
	}
	return fmt.Sprintf("--- %s (now)\n+++ %s (planned)\n%s\n", name, name, strings.Join(lines, "\n"))
}

// added are the paths of what the second object has and the first has not.
func added(from, to any) []string {
	before := fieldsOf(from)
	return slices.Sorted(func(yield func(string) bool) {
		for path := range fieldsOf(to) {
			if _, was := before[path]; !was && !yield(path) {
				return
			}
		}
	})
}
