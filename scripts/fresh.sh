#!/usr/bin/env bash
# Runs a command that generates files and fails if that changed anything: then what is checked in is stale. The files are
# left as generated. Changes that were there before do not count, so it works in the middle of other work.
#
#   scripts/fresh.sh make generate
set -euo pipefail
cd "$(dirname "$0")/.."

# state lists every file that is, or would be, checked in, with its content's hash.
state() {
	git ls-files -z --cached --others --exclude-standard | sort -z | xargs -0 sha256sum -- 2>/dev/null || true
}

before=$(state)
"$@"
after=$(state)
if [[ $before != "$after" ]]; then
	echo "stale, \"$*\" changed:" >&2
	diff <(echo "$before") <(echo "$after") | sed -n 's/^[<>] [0-9a-f]*  /  /p' | sort -u >&2
	exit 1
fi
