package settings

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one fault of the configuration.
type Problem struct {
	// Path of the key, e.g. "access.identities[1].user".
	Path string
	// Origin is where the value came from: "opsbot.yaml:12", "OPSBOT_HTTP_LISTEN", "flag"; empty for a default.
	Origin string
	// What is wrong, and how to mend it.
	What, Fix string
}

func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Path)
	if p.Origin != "" {
		fmt.Fprintf(&b, " (%s)", p.Origin)
	}
	fmt.Fprintf(&b, ": %s", p.What)
	if p.Fix != "" {
		fmt.Fprintf(&b, "; %s", p.Fix)
	}
	return b.String()
}

// Problems is every fault that was found; as an error it lists them one a line.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, 0, len(ps)+1)
	if len(ps) == 1 {
		lines = append(lines, "the configuration has a problem:")
	} else {
		lines = append(lines, fmt.Sprintf("the configuration has %d problems:", len(ps)))
	}
	for _, p := range ps {
		lines = append(lines, "  "+p.String())
	}
	return strings.Join(lines, "\n")
}

// Err is ps as an error, nil when there is none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Add adds a problem.
func (ps *Problems) Add(path, what, fix string) {
	*ps = append(*ps, Problem{Path: path, What: what, Fix: fix})
}

// Broken tells whether a problem was found at a path, above it or below it. What it would also break is not reported:
// one mistake, one line.
func (ps Problems) Broken(path string) bool {
	return slices.ContainsFunc(ps, func(p Problem) bool {
		return p.Path == path || within(p.Path, path) || within(path, p.Path)
	})
}

// AddUnbroken adds the problems whose paths have none yet.
func (ps *Problems) AddUnbroken(found Problems) {
	before := *ps
	for _, p := range found {
		if !before.Broken(p.Path) {
			*ps = append(*ps, p)
		}
	}
}

// Locate names the origin of each problem that has none yet.
func (ps Problems) Locate(origin func(path string) string) {
	for i, p := range ps {
		if p.Origin == "" {
			ps[i].Origin = origin(p.Path)
		}
	}
}

// within tells whether a path is below another.
func within(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && rest != "" && (rest[0] == '.' || rest[0] == '[')
}

// parent cuts the last step off a path: "a.b[1].c", "a.b[1]", "a.b", "a", "".
func parent(path string) string {
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}
