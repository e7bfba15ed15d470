#!/usr/bin/env bash
# Refuses time.Sleep in tests, which makes them slow and flaky: they poll with a deadline. In a file that uses
# testing/synctest the clock is not the real one, and sleeping is how time passes.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t sleeping < <(git ls-files -z --cached --others --exclude-standard '*_test.go' | xargs -0r grep -l 'time\.Sleep(' || true)
[[ ${#sleeping[@]} -gt 0 ]] || exit 0
if found=$(grep -L '"testing/synctest"' "${sleeping[@]}"); [[ -n $found ]]; then
	grep -n 'time\.Sleep(' -- /dev/null $found >&2
	echo "poll with a deadline instead, or test with testing/synctest" >&2
	exit 1
fi
