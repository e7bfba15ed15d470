#!/usr/bin/env bash
# Checks that go.mod and go.sum of the product and of the tools are what "go mod tidy" would write. Tidying asks for
# modules that no build needs (tests of dependencies), and a proxy that lacks one of them makes it fail: that is said and is
# no finding. testcluster/tools is left out: its files are embedded, and any change rebuilds the whole control plane.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
for module in . tools; do
	log=$(mktemp)
	difference=$(cd "$module" && GOFLAGS='' GOWORK=off go mod tidy -diff 2>"$log") || {
		if [[ -n $difference ]]; then
			echo "$module/go.mod is not tidy:" >&2
			echo "$difference" >&2
			status=1
		else
			echo "$module/go.mod could not be checked: $(tail -n 1 "$log")" >&2
		fi
	}
	rm -f "$log"
done
exit "$status"
