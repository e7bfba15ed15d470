package artifacts

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestExpired(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	day := 24 * time.Hour
	describe := func(age int) Kept { // days, with verified ones negative
		return Kept{Created: now.Add(-time.Duration(max(age, -age)) * day), Verified: age < 0}
	}
	for _, c := range []struct {
		name          string
		ages, expired []int
	}{
		{"young ones stay", []int{0, 3, 7}, nil},
		{"old ones go", []int{-1, 3, 8, 20}, []int{8, 20}},
		{"the newest verified stays", []int{1, 8, -9, -10}, []int{8, -10}},
		{"without any verified the newest stays", []int{9, 8}, []int{9}},
		{"the order does not matter", []int{20, -10, 1, -9}, []int{-10, 20}},
		{"nothing", nil, nil},
	} {
		require.Equal(t, c.expired, Expired(c.ages, describe, 7*day, now), c.name)
	}
	future := func(int) Kept { return Kept{Created: now.Add(day)} }
	require.Empty(t, Expired([]int{1, 2}, future, 0, now), "clocks differ")
}
