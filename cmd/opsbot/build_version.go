package main

import "runtime/debug"

// stamp is the git description that make build writes with -ldflags.
var stamp string //nolint:gochecknoglobals // the linker can set nothing else

// version is the stamp or, in a binary that go install made, the module's version.
func version() string {
	if stamp != "" {
		return stamp
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
