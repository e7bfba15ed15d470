#!/usr/bin/env bash
# Refuses time.Sleep in tests, which makes them slow and flaky: they poll with a deadline. Packages that test with
# internal/bubble, or with bot/slacktest which does, may use it: in a bubble the clock is not the real one, and sleeping is how time passes.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
while IFS= read -r -d '' file; do
	if grep -q 'time\.Sleep(' "$file" && ! grep -Eqs '"opsbot/(internal/bubble|bot/slacktest)"' "$(dirname "$file")"/*_test.go; then
		grep -Hn 'time\.Sleep(' "$file" >&2
		status=1
	fi
done < <(git ls-files -z --cached --others --exclude-standard '*_test.go')
[[ $status == 0 ]] || echo "poll with a deadline instead, or test with internal/bubble" >&2
exit "$status"
