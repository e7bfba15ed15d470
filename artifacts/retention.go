package artifacts

import (
	"slices"
	"time"
)

// Kept is what retention has to know of something that is kept.
type Kept struct {
	Created  time.Time
	Verified bool
}

// Expired are the items that are older than keep, oldest last. The newest verified one is never among them, nor, where none is verified,
// the newest of all: retention alone must never leave nothing to restore.
func Expired[T any](items []T, describe func(T) Kept, keep time.Duration, now time.Time) []T {
	newestFirst := slices.Clone(items)
	slices.SortStableFunc(newestFirst, func(a, b T) int { return describe(b).Created.Compare(describe(a).Created) })
	stays := max(0, slices.IndexFunc(newestFirst, func(item T) bool { return describe(item).Verified }))
	var expired []T
	for i, item := range newestFirst {
		if i != stays && now.Sub(describe(item).Created) > keep {
			expired = append(expired, item)
		}
	}
	return expired
}
