package configs

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// ExampleLogs are those of the documents.
func ExampleLogs() Logs {
	return Logs{Clean: []LogPlace{{Workload: "api-gateway", Paths: []string{"/var/log/app"}}}}
}

func (l Logs) validate(ps *Problems) {
	for i, place := range l.Clean {
		at := fmt.Sprintf("logs.clean[%d]", i)
		ps.required(at+".workload", place.Workload, "name the workload whose pods have the files")
		if len(place.Paths) == 0 {
			ps.add(at+".paths", "is missing", "give at least one directory, such as /var/log/app")
		}
		for j, directory := range place.Paths {
			ps.logPath(fmt.Sprintf("%s.paths[%d]", at, j), directory)
		}
		if place.Logrotate != "" {
			ps.logPath(at+".logrotate", place.Logrotate)
		}
	}
}

// logPath takes a path as it stands: no shell ever sees it, and nothing in it is a pattern.
func (ps *Problems) logPath(at, value string) {
	first, _, _ := strings.Cut(strings.TrimPrefix(value, "/"), "/")
	switch {
	case !path.IsAbs(value), path.Clean(value) != value, strings.ContainsAny(value, "*?[]{}\\~$\n\r\t\x00"):
		ps.add(at, fmt.Sprintf("%q is not an absolute path", value), "write it in full, without .., a slash at the end, patterns or variables")
	case value == "/", slices.Contains([]string{"proc", "sys", "dev"}, first):
		ps.add(at, fmt.Sprintf("%q holds more than log files", value), "give the directory that has log files and nothing else")
	}
}
