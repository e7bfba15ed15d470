#!/usr/bin/env bash
# Makes the README's picture: runs the tour up to the plan that waits for a second person, and photographs the page.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/ensure.sh postgres redis prometheus alertmanager chromium fonts node
make --no-print-directory build-demo slacksim/web/node_modules/.package-lock.json
log=$(mktemp)
bin/opsbot-demo --tour --until 8 --speed 20 >"$log" 2>&1 &
demo=$!
trap 'kill -INT "$demo" 2>/dev/null; wait "$demo" || true; rm -f "$log"' EXIT
url=
while [[ -z $url ]]; do
	kill -0 "$demo" 2>/dev/null || { cat "$log" >&2; exit 1; }
	sleep 1
	url=$(sed -n 's/.*keeps running at \(http[^ ]*\) until.*/\1/p' "$log")
done
thread=$(node -e '
const url = process.argv[1];
(async () => {
  const state = await (await fetch(url + "/ui/state")).json();
  const me = state.users.find((u) => u.name === "zhaoliu").id;
  const channel = (await (await fetch(`${url}/ui/state?user=${me}`)).json()).channels.find((c) => c.name === "incidents").id;
  const { messages } = await (await fetch(`${url}/ui/messages?user=${me}&channel=${channel}`)).json();
  console.log(messages[0].ts);
})();' "$url")
mkdir -p docs/images
node slacksim/web/shot/shot.mjs --url "$url" --user zhaoliu --channel incidents --thread "$thread" --out docs/images --name incident --only desktop-light --scale 1
mv docs/images/incident-desktop-light.png docs/images/incident.png
