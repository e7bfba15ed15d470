package configs

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The rules below are what several keys have in common; each adds a problem when its rule does not hold.

func (ps *Problems) required(path, value, fix string) {
	if value == "" {
		ps.add(path, "is missing", fix)
	}
}

func (ps *Problems) oneOf(path, value string, choices []string) {
	if !slices.Contains(choices, value) {
		ps.add(path, fmt.Sprintf("%q is unknown", value), "use "+orList(choices))
	}
}

func (ps *Problems) atLeast(path string, value, least time.Duration) {
	if value < least {
		ps.add(path, durationText(value)+" is too short", "give at least "+durationText(least))
	}
}

// token checks a Slack token's kind by its prefix, without ever showing it.
func (ps *Problems) token(path string, token Secret, prefix, fix string) {
	switch {
	case token.Empty():
		ps.add(path, "is missing", fix)
	case !strings.HasPrefix(token.Reveal(), prefix):
		ps.add(path, "does not start with "+prefix, fix)
	}
}

// scheme accepts an empty URL: whether one is required is another rule.
func (ps *Problems) scheme(path string, u URL, schemes ...string) {
	switch {
	case u.Empty():
	case !slices.Contains(schemes, u.Scheme()):
		ps.add(path, fmt.Sprintf("scheme %q is not supported", u.Scheme()), "use "+orList(withSlashes(schemes)))
	case strings.HasPrefix(u.Scheme(), "http") && u.Host() == "":
		ps.add(path, "names no host", "write "+u.Scheme()+"://HOST/")
	}
}

// workload checks NAME or KIND/NAME.
func (ps *Problems) workload(path, workload string) {
	kind, name, qualified := strings.Cut(workload, "/")
	if !qualified {
		ps.dnsLabel(path, workload)
		return
	}
	ps.dnsLabel(path, kind)
	ps.dnsLabel(path, name)
}

func (ps *Problems) dnsLabel(path, name string) {
	if !dnsLabel.MatchString(name) {
		ps.add(path, fmt.Sprintf("%q is not a valid Kubernetes name", name), "use lower-case letters, digits and -, at most 63")
	}
}

// kubernetesName refuses what is reserved: impersonating system:masters would override RBAC altogether.
func (ps *Problems) kubernetesName(path, name string) {
	switch {
	case name == "":
		ps.add(path, "is missing", "give the name that RBAC bindings use")
	case strings.HasPrefix(name, "system:"):
		ps.add(path, fmt.Sprintf("%q is reserved by Kubernetes", name), "use a name without the prefix system: and bind the roles it needs")
	}
}

// postgresName refuses what pg_dump and psql would take for an option.
func (ps *Problems) postgresName(path, name string) {
	const fix = "give it as PostgreSQL knows it"
	ps.required(path, name, fix)
	if strings.HasPrefix(name, "-") {
		ps.add(path, fmt.Sprintf("%q starts with a dash", name), fix)
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
