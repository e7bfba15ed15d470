package freeze_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/handlers/freeze"
)

func TestAt(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("2006-01-02 15:04", text, shanghai)
		require.NoError(t, err)
		return moment
	}
	windows := freeze.Windows{
		{Name: "National Day", From: at("2026-10-01 00:00"), Until: at("2026-10-08 00:00")},
		{Name: "weekend", Cron: "0 18 * * Fri", For: 62 * time.Hour, Zone: shanghai},
		{Name: "release", From: at("2026-12-01 00:00"), Until: at("2026-12-02 00:00"), Clusters: []string{"prod"}},
	}
	for _, tc := range []struct{ at, cluster, name, until string }{
		{"2026-09-30 23:59", "prod", "", ""}, // a Wednesday
		{"2026-10-01 00:00", "prod", "National Day", "2026-10-08 00:00"},
		{"2026-10-03 12:00", "prod", "National Day", "2026-10-08 00:00"}, // a weekend inside: the later end counts
		{"2026-10-08 00:00", "prod", "", ""},
		{"2026-11-27 17:59", "prod", "", ""},
		{"2026-11-27 18:00", "prod", "weekend", "2026-11-30 08:00"},
		{"2026-11-30 07:59", "staging", "weekend", "2026-11-30 08:00"},
		{"2026-11-30 08:00", "prod", "", ""},
		{"2026-12-01 12:00", "prod", "release", "2026-12-02 00:00"},
		{"2026-12-01 12:00", "staging", "", ""},
	} {
		span, ok := windows.At(at(tc.at), tc.cluster)
		require.Equal(t, tc.name != "", ok, tc)
		require.Equal(t, tc.name, span.Name, tc)
		if ok {
			require.Equal(t, at(tc.until).UTC(), span.Until.UTC(), tc)
		}
	}
}
