// Package version knows which opsbot this is.
package version

import "runtime/debug"

// stamp is the git description that make build writes with -ldflags.
var stamp string //nolint:gochecknoglobals // the linker can set nothing else

// String is the stamp or, in a binary that go install made, the module's version.
func String() string {
	if stamp != "" {
		return stamp
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
