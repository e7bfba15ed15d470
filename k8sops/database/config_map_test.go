package database

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// One line of postgresql.conf changes, the one that counts, and all others stay; the handbook's patch would have thrown them away.
func TestASettingInAConfigMap(t *testing.T) {
	for name, c := range map[string]struct {
		data       map[string]string
		key, value string
		want, from string
	}{
		"a key of its own": {map[string]string{"work_mem": "4MB"}, "work_mem", "8MB", "8MB", "4MB"},
		"not there yet":    {map[string]string{"POSTGRES_DB": "shop"}, "work_mem", "8MB", "8MB", ""},
		"a line": {map[string]string{configFile: "max_connections = 100 # why\nshared_buffers=128MB\n"}, "max_connections", "200",
			"max_connections = '200' # why\nshared_buffers=128MB\n", "100"},
		"the last one counts": {map[string]string{configFile: "work_mem 1MB\nwork_mem = '2MB'"}, "work_mem", "8MB", "work_mem 1MB\nwork_mem = '8MB'", "2MB"},
		"a comment is no line": {map[string]string{configFile: "#work_mem = 1MB\nmaintenance_work_mem = 1MB"}, "work_mem", "8MB",
			"#work_mem = 1MB\nmaintenance_work_mem = 1MB\nwork_mem = '8MB'\n", ""},
		"an empty file":       {map[string]string{configFile: ""}, "work_mem", "8MB", "work_mem = '8MB'\n", ""},
		"quotes and any case": {map[string]string{configFile: "Log_Line_Prefix = 'it''s %m '"}, "log_line_prefix", `a'b\`, `Log_Line_Prefix = 'a''b\\'`, "it's %m "},
		"the same value":      {map[string]string{configFile: "work_mem = 8MB\n"}, "work_mem", "8MB", "work_mem = 8MB\n", "8MB"},
	} {
		t.Run(name, func(t *testing.T) {
			at := placed(c.data, c.key, c.value)
			require.Equal(t, c.want, at.Value)
			require.Equal(t, c.from, at.From)
		})
	}
}

func TestAValueInASettingsUnit(t *testing.T) {
	size := setting{Name: "shared_buffers", Type: "integer", Unit: "8kB", Min: "16", Max: "1073741823"}
	span := setting{Name: "checkpoint_timeout", Type: "integer", Unit: "s", Min: "30", Max: "86400"}
	count := setting{Name: "max_connections", Type: "integer", Min: "1", Max: "262143"}
	flag := setting{Name: "fsync", Type: "bool"}
	level := setting{Name: "wal_level", Type: "enum", Values: []string{"minimal", "replica", "logical"}}
	for _, c := range []struct {
		of          setting
		value, want string // "" where it is refused
	}{
		{size, "256MB", "32768"}, {size, "1 GB", "131072"}, {size, "131kB", "16"}, {size, "20000", "20000"}, {size, "64kB", ""}, {size, "5s", ""}, {size, "256mb", ""},
		{span, "5min", "300"}, {span, "1h", "3600"}, {span, "10", ""}, {span, "400h", ""}, {span, "1500ms", ""}, {count, "200", "200"}, {count, "200MB", ""},
		{count, "many", ""}, {count, "", ""}, {count, "0", ""}, {flag, "ON", "on"}, {flag, "y", "on"}, {flag, "of", "off"}, {flag, "o", ""}, {flag, "2", ""},
		{level, "Logical", "logical"}, {level, "all", ""},
	} {
		got, err := c.of.inUnits(c.value)
		if c.want == "" {
			require.Error(t, err, "%s=%s gives %s", c.of.Name, c.value, got)
			continue
		}
		require.NoError(t, err, "%s=%s", c.of.Name, c.value)
		require.Equal(t, c.want, got)
	}
}

// Literals are customers' data or passwords; they do not go to a channel.
func TestAStatementIsShownWithoutItsLiterals(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT *\n  FROM users WHERE email = 'a@b.c' AND id = $1": "SELECT * FROM users WHERE email = '…' AND id = $1",
		"ALTER ROLE app PASSWORD 'it''s secret'":                   "ALTER ROLE app PASSWORD '…'",
		"SELECT 'cut off in the midd":                              "SELECT '…'",
		"DO $body$ BEGIN PERFORM 'x'; END $body$":                  "DO '…'",
		"SELECT $1, $2": "SELECT $1, $2",
	} {
		require.Equal(t, want, statement(sql, 200))
	}
}

// PostgreSQL would take one text for one name, and look for a library "a, b".
func TestAListIsGivenPartByPart(t *testing.T) {
	require.Equal(t, `"shared_preload_libraries" = E'a', E'b'`, assigns(preloadLibraries, "a, b"))
	require.Equal(t, `"shared_preload_libraries" = ''`, assigns(preloadLibraries, ""))
	require.Equal(t, `"auto_explain"."log_min_duration" = E'1s'`, assigns("auto_explain.log_min_duration", "1s"))
	require.Equal(t, `"search_path" = E'"$user"', E'it''s\\'`, assigns("search_path", `"$user",it's\`))
}
