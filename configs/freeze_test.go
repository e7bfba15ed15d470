package configs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"opsbot/configs"
)

func TestFreezes(t *testing.T) {
	good := configs.Freeze{Name: "National Day", From: "2026-10-01", Until: "2026-10-08", Timezone: "Asia/Shanghai"}
	again := configs.Freeze{Name: "weekend", Cron: "0 18 * * Fri", For: 62 * time.Hour, Timezone: "Asia/Shanghai"}
	for _, tc := range []struct {
		base   configs.Freeze
		change func(*configs.Freeze)
		path   string
	}{
		{good, func(*configs.Freeze) {}, ""},
		{again, func(*configs.Freeze) {}, ""},
		{good, func(f *configs.Freeze) { f.From = "2026-10-01 18:00" }, ""},
		{good, func(f *configs.Freeze) { f.Name = "" }, "freeze[0].name"},
		{good, func(f *configs.Freeze) { f.Timezone = "Peking" }, "freeze[0].timezone"},
		{good, func(f *configs.Freeze) { f.Timezone = "" }, "freeze[0].timezone"},
		{good, func(f *configs.Freeze) { f.From = "1.10.2026" }, "freeze[0].from"},
		{good, func(f *configs.Freeze) { f.Until = "" }, "freeze[0].until"},
		{good, func(f *configs.Freeze) { f.Until = "2026-10-01" }, "freeze[0].until"},
		{good, func(f *configs.Freeze) { f.Until = "2026-12-01" }, "freeze[0].until"},
		{good, func(f *configs.Freeze) { f.Cron = "0 18 * * Fri" }, "freeze[0]"},
		{good, func(f *configs.Freeze) { f.Clusters = []string{"moon"} }, "freeze[0].clusters"},
		{again, func(f *configs.Freeze) { f.Cron = "Friday" }, "freeze[0].cron"},
		{again, func(f *configs.Freeze) { f.For = 0 }, "freeze[0].for"},
		{again, func(f *configs.Freeze) { f.For = 800 * time.Hour }, "freeze[0].for"},
		{again, func(f *configs.Freeze) { f.Cron = "0 18 * * *" }, "freeze[0].for"}, // the next begins before the first has ended
	} {
		c := configs.Default()
		f := tc.base
		tc.change(&f)
		c.Freezes = []configs.Freeze{f}
		var paths []string
		for _, p := range c.Validate() {
			if len(p.Path) > 5 && p.Path[:6] == "freeze" {
				paths = append(paths, p.Path)
			}
		}
		if tc.path == "" {
			require.Empty(t, paths, f)
		} else {
			require.Equal(t, []string{tc.path}, paths, f)
		}
	}
}

func TestFreezesAreRead(t *testing.T) {
	config := loaded(t, `
freeze:
  - {name: National Day, from: 2026-10-01, until: "2026-10-08 08:00", timezone: Asia/Shanghai}
  - {name: weekend, cron: '0 18 * * Fri', for: 62h, timezone: Asia/Shanghai, clusters: [default]}
`)
	from, until := config.Freezes[0].Once()
	require.Equal(t, "2026-09-30T16:00:00Z", from.UTC().Format(time.RFC3339))
	require.Equal(t, "2026-10-08T00:00:00Z", until.UTC().Format(time.RFC3339))
	require.Equal(t, configs.Freeze{Name: "weekend", Cron: "0 18 * * Fri", For: 62 * time.Hour, Timezone: "Asia/Shanghai", Clusters: []string{"default"}}, config.Freezes[1])
}
