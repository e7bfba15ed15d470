package configs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"opsbot/internal/wallclock"
)

// The rules below are what several keys have in common; each adds a problem when its rule does not hold.

func checkRequired(ps *Problems, path, value, fix string) {
	if value == "" {
		ps.Add(path, "is missing", fix)
	}
}

func checkOneOf(ps *Problems, path, value string, choices []string) {
	if !slices.Contains(choices, value) {
		ps.Add(path, fmt.Sprintf("%q is unknown", value), "use "+orList(choices))
	}
}

func checkAtLeast(ps *Problems, path string, value, least time.Duration) {
	if value < least {
		ps.Add(path, wallclock.FormatDuration(value)+" is too short", "give at least "+wallclock.FormatDuration(least))
	}
}

// checkToken checks a Slack token's kind by its prefix, without ever showing it.
func checkToken(ps *Problems, path string, token Secret, prefix, fix string) {
	switch {
	case token.Empty():
		ps.Add(path, "is missing", fix)
	case !strings.HasPrefix(token.Reveal(), prefix):
		ps.Add(path, "does not start with "+prefix, fix)
	}
}

// checkScheme accepts an empty URL: whether one is required is another rule.
func checkScheme(ps *Problems, path string, u URL, schemes ...string) {
	switch {
	case u.Empty():
	case !slices.Contains(schemes, u.Scheme()):
		ps.Add(path, fmt.Sprintf("scheme %q is not supported", u.Scheme()), "use "+orList(withSlashes(schemes)))
	case strings.HasPrefix(u.Scheme(), "http") && u.Host() == "":
		ps.Add(path, "names no host", "write "+u.Scheme()+"://HOST/")
	}
}

// checkWorkload checks NAME or KIND/NAME.
func checkWorkload(ps *Problems, path, workload string) {
	kind, name, qualified := strings.Cut(workload, "/")
	if !qualified {
		checkDNSLabel(ps, path, workload)
		return
	}
	checkDNSLabel(ps, path, kind)
	checkDNSLabel(ps, path, name)
}

func checkDNSLabel(ps *Problems, path, name string) {
	if !dnsLabel.MatchString(name) {
		ps.Add(path, fmt.Sprintf("%q is not a valid Kubernetes name", name), "use lower-case letters, digits and -, at most 63")
	}
}

// checkKubernetesName refuses what is reserved: impersonating system:masters would override RBAC altogether.
func checkKubernetesName(ps *Problems, path, name string) {
	switch {
	case name == "":
		ps.Add(path, "is missing", "give the name that RBAC bindings use")
	case strings.HasPrefix(name, "system:"):
		ps.Add(path, fmt.Sprintf("%q is reserved by Kubernetes", name), "use a name without the prefix system: and bind the roles it needs")
	}
}

// checkPostgresName refuses what pg_dump and psql would take for an option.
func checkPostgresName(ps *Problems, path, name string) {
	const fix = "give it as PostgreSQL knows it"
	checkRequired(ps, path, name, fix)
	if strings.HasPrefix(name, "-") {
		ps.Add(path, fmt.Sprintf("%q starts with a dash", name), fix)
	}
}

func orList(choices []string) string {
	last := len(choices) - 1
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}

func withSlashes(schemes []string) []string {
	var with []string
	for _, scheme := range schemes {
		with = append(with, scheme+"://")
	}
	return with
}
