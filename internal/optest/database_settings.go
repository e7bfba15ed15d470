package optest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"opsbot/k8sops"
)

// FakeSetting is a setting of a FakeDatabase, in the words of pg_settings.
type FakeSetting struct {
	Name    string   `json:"name"`
	Value   string   `json:"setting"`
	Shown   string   `json:"shown"`
	Unit    string   `json:"unit"`
	Context string   `json:"context"`
	Type    string   `json:"vartype"`
	Min     string   `json:"min_val"`
	Max     string   `json:"max_val"`
	Values  []string `json:"enumvals"`
	Source  string   `json:"source"`
	Pending bool     `json:"pending_restart"`
	Filed   *string  `json:"filed"`
	// Overrides are the databases and roles that have a value of their own.
	Overrides []string `json:"overrides"`
}

// HandbookSettings are some of PostgreSQL's, one of each kind.
func HandbookSettings() map[string]*FakeSetting {
	settings := map[string]*FakeSetting{}
	for _, s := range []FakeSetting{
		{Name: "work_mem", Value: "4096", Shown: "4MB", Unit: "kB", Context: "user", Type: "integer", Min: "64", Max: "2147483647"},
		{Name: "shared_buffers", Value: "16384", Shown: "128MB", Unit: "8kB", Context: "postmaster", Type: "integer", Min: "16", Max: "1073741823"},
		{Name: "max_connections", Value: "100", Shown: "100", Context: "postmaster", Type: "integer", Min: "1", Max: "262143"},
		{Name: "superuser_reserved_connections", Value: "3", Shown: "3", Context: "postmaster", Type: "integer", Min: "0", Max: "262143"},
		{Name: "fsync", Value: "on", Shown: "on", Context: "sighup", Type: "bool"},
		{Name: "checkpoint_timeout", Value: "300", Shown: "5min", Unit: "s", Context: "sighup", Type: "integer", Min: "30", Max: "86400"},
		{Name: "wal_level", Value: "replica", Shown: "replica", Context: "postmaster", Type: "enum", Values: []string{"minimal", "replica", "logical"}},
		{Name: "archive_command", Shown: "", Context: "sighup", Type: "string"},
		{Name: "shared_preload_libraries", Shown: "", Context: "postmaster", Type: "string"},
		{Name: "server_version", Value: "15.4", Shown: "15.4", Context: "internal", Type: "string"},
		{Name: "port", Value: "5432", Shown: "5432", Context: "postmaster", Type: "integer", Min: "1", Max: "65535"},
		{Name: "log_connections", Value: "off", Shown: "off", Context: "superuser-backend", Type: "bool", Source: "command line"},
	} {
		if s.Source == "" {
			s.Source = "default"
		}
		settings[s.Name] = &s
	}
	return settings
}

var assigned = regexp.MustCompile(`^(ALTER SYSTEM SET|SET LOCAL) "(\w+)" = E?'(.*)'$`)

// statement answers one statement of a session.
func (f *FakeDatabase) statement(database, sql string) (string, error) {
	if f.Answer != nil {
		if answer, known := f.Answer(sql); known {
			return answer, nil
		}
	}
	f.mu.Lock()
	if f.Settings == nil {
		f.Settings = HandbookSettings()
	}
	defer f.mu.Unlock()
	switch match := assigned.FindStringSubmatch(sql); {
	case match != nil && match[1] == "SET LOCAL":
		return "", f.try(match[2], match[3])
	case match != nil:
		return "", f.assign(match[2], match[3])
	case strings.Contains(sql, "FROM pg_settings s"):
		return f.settings(sql), nil
	case strings.HasPrefix(sql, `\echo ended with`):
		refused := f.refused
		if f.refused = ""; refused != "" {
			return "ended with 22023 " + refused + "\n", nil
		}
		return "ended with 00000 \n", nil
	case strings.HasPrefix(sql, "SELECT setting FROM"):
		return f.tried + "\n", nil
	case strings.HasPrefix(sql, "SELECT current_setting(E"):
		return f.triedShown + "\n", nil
	case strings.Contains(sql, "max_connections'"):
		return `[{"max": 100, "reserved": 3}]` + "\n", nil
	case strings.Contains(sql, "jsonb_agg"):
		return "[]\n", nil
	}
	return f.answer(database, sql), nil
}

// settings are those that a question names.
func (f *FakeDatabase) settings(sql string) string {
	found := []*FakeSetting{}
	for _, name := range slices.Sorted(maps.Keys(f.Settings)) {
		if strings.Contains(sql, "E'"+name+"'") {
			found = append(found, f.Settings[name])
		}
	}
	data, err := json.Marshal(found)
	if err != nil {
		panic(err)
	}
	return string(data) + "\n"
}

// try remembers what a session has set for itself.
func (f *FakeDatabase) try(name, value string) error {
	units, err := f.inUnits(name, value)
	f.tried, f.triedShown = units, value
	return err
}

func (f *FakeDatabase) assign(name, value string) error {
	units, err := f.inUnits(name, value)
	if err == nil {
		s := f.Settings[name]
		s.Value, s.Shown, s.Filed, s.Source = units, value, &value, "configuration file"
	}
	return err
}

// inUnits knows numbers, with kB and MB where the setting has a unit of size.
func (f *FakeDatabase) inUnits(name, value string) (string, error) {
	s := f.Settings[name]
	if s.Type != "integer" {
		return value, nil
	}
	number, unit := strings.TrimRight(value, "kMB"), strings.TrimLeft(value, "0123456789")
	n, err := strconv.Atoi(number)
	of := map[string]int{"": 1, "kB": 1, "MB": 1 << 10}[unit]
	if err != nil || of == 0 {
		return "", &k8sops.CommandError{Program: "psql", Code: 1, Stderr: fmt.Sprintf("ERROR:  invalid value for parameter %q: %q", name, value)}
	}
	if s.Unit == "8kB" && unit != "" {
		return strconv.Itoa(n * of / 8), nil
	}
	return strconv.Itoa(n * of), nil
}

// info answers redis-cli, which gets the password in the first line of its input.
func (f *FakeDatabase) info(c k8sops.Command) error {
	password, err := bufio.NewReader(c.Stdin).ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	if strings.TrimSuffix(password, "\n") != f.RedisPassword {
		return Write(c.Stdout, "NOAUTH Authentication required.\n")
	}
	if f.Info == "" {
		return Write(c.Stdout, "# Server\r\nredis_version:7.0.15\r\nrole:master\r\n")
	}
	return Write(c.Stdout, f.Info)
}
