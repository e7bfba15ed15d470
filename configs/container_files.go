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
		checkRequired(ps, at+".workload", place.Workload, "name the workload whose pods have the files")
		if len(place.Paths) == 0 {
			ps.Add(at+".paths", "is missing", "give at least one directory, such as /var/log/app")
		}
		for j, directory := range place.Paths {
			checkContainerPath(ps, fmt.Sprintf("%s.paths[%d]", at, j), directory)
		}
		if place.Logrotate != "" {
			checkContainerPath(ps, at+".logrotate", place.Logrotate)
		}
	}
}

// checkContainerPath takes a path as it stands: no shell ever sees it, and nothing in it is a pattern.
func checkContainerPath(ps *Problems, at, value string) {
	first, _, _ := strings.Cut(strings.TrimPrefix(value, "/"), "/")
	switch {
	case !path.IsAbs(value), path.Clean(value) != value, strings.ContainsAny(value, "*?[]{}\\~$\n\r\t\x00"):
		ps.Add(at, fmt.Sprintf("%q is not an absolute path", value), "write it in full, without .., a slash at the end, patterns or variables")
	case value == "/", slices.Contains([]string{"proc", "sys", "dev"}, first):
		ps.Add(at, fmt.Sprintf("%q holds more than the files of a program", value), "give the directory that has them and nothing else")
	}
}

// filePlaces checks what /backup files may read. Where Kubernetes mounts its tokens, it may not.
func (b Backup) filePlaces(ps *Problems) {
	for i, place := range b.Files {
		at := fmt.Sprintf("backup.files[%d]", i)
		checkRequired(ps, at+".workload", place.Workload, "name the workload whose pods have the files")
		if len(place.Paths) == 0 {
			ps.Add(at+".paths", "is missing", "give at least one directory, such as /var/uploads")
		}
		for j, directory := range place.Paths {
			at := fmt.Sprintf("%s.paths[%d]", at, j)
			checkContainerPath(ps, at, directory)
			for _, secrets := range []string{"/var/run/secrets", "/run/secrets"} {
				if directory != "/" && isWithin(secrets, directory) || isWithin(directory, secrets) {
					ps.Add(at, fmt.Sprintf("%q holds %s", directory, secrets), "give the directory that has the files and no credentials")
				}
			}
		}
	}
}

func isWithin(inner, outer string) bool { return inner == outer || strings.HasPrefix(inner, outer+"/") }

// ExampleFiles are those of the documents.
func ExampleFiles() []FilePlace {
	return []FilePlace{{Workload: "api-gateway", Paths: []string{"/var/uploads"}}}
}
