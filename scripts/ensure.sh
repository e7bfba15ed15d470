#!/usr/bin/env bash
# Installs what is missing of the programs named as arguments, with apt; without apt it says what to install and stops.
#
#   scripts/ensure.sh postgres alertmanager
#
# Whatever is found by its command, wherever it came from, is left alone. Services that a package would start are kept
# from starting, so that their ports stay free: tests and demo run their own instances on random ports.
set -euo pipefail

# What the front-end tools need (slacksim/web/package.json, engines).
readonly node_minimum="20.19.0"
cache="${XDG_CACHE_HOME:-${HOME:?}/.cache}/opsbot"
readonly cache

have() { command -v "$1" >/dev/null 2>&1; }

# is_there tells whether a program is usable.
is_there() {
	case $1 in
	postgres) have psql && { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; } ;;
	redis) have redis-server ;;
	prometheus) have prometheus && have promtool ;;
	alertmanager) have prometheus-alertmanager || have alertmanager ;;
	chromium) have chromium || have chromium-browser || have google-chrome ;;
	fonts) have fc-list && [[ -n $(fc-list :lang=zh family) && $(fc-list : family) == *Emoji* ]] ;;
	node) have npm && node_is_new_enough ;;
	shellcheck) have shellcheck ;;
	*)
		echo "scripts/ensure.sh: unknown program $1" >&2
		exit 2
		;;
	esac
}

# packages_of are the Debian packages of a program.
packages_of() {
	case $1 in
	postgres) echo postgresql postgresql-client ;;
	redis) echo redis-server ;;
	prometheus) echo prometheus ;;
	alertmanager) echo prometheus-alertmanager ;;
	chromium) echo chromium ;;
	fonts) echo fontconfig fonts-noto-cjk fonts-noto-color-emoji ;;
	node) have npm || echo nodejs npm ;;
	shellcheck) echo shellcheck ;;
	esac
}

node_is_new_enough() {
	have node && [[ $(printf '%s\n' "$node_minimum" "$(node --version | tr -d v)" | sort -V | sed -n 1p) == "$node_minimum" ]]
}

# as_root runs a command as root, asking for the password only where a person can give one.
as_root() {
	if [[ $(id -u) == 0 ]]; then
		"$@"
	elif have sudo; then
		sudo "$@"
	else
		echo "needs root, and there is no sudo. Run as root: $*" >&2
		exit 1
	fi
}

# install installs packages without letting them start services: policy-rc.d is Debian's own switch for that. One that
# is there already is kept, and wins.
install() {
	local policy=/usr/sbin/policy-rc.d ours=""
	if [[ ! -e $policy ]]; then
		ours=$policy
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 755 "$policy"
	fi
	local failed=0
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null || failed=$?
	[[ -z $ours ]] || as_root rm -f "$ours"
	return "$failed"
}

# keep_stopped keeps freshly installed services from starting at the next boot.
keep_stopped() {
	[[ -d /run/systemd/system ]] && have systemctl || return 0
	local unit
	for unit in postgresql redis-server prometheus prometheus-alertmanager; do
		if [[ " $* " == *" $unit "* ]]; then
			as_root systemctl disable --quiet --now "$unit" || true
		fi
	done
}

# install_node puts a Node.js from the npm registry into the cache, for distributions whose own is too old. The
# Makefile puts that directory first in PATH.
install_node() {
	local machine
	machine=$(uname -m)
	case $machine in
	x86_64) machine=x64 ;;
	aarch64) machine=arm64 ;;
	esac
	echo "Node.js $(node --version) is too old (need $node_minimum): installing a newer one into $cache/node"
	npm install --no-save --no-audit --no-fund --prefix "$cache/node" "node-linux-$machine@22" </dev/null
}

missing=()
for program in "$@"; do
	is_there "$program" || missing+=("$program")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

packages=()
for program in "${missing[@]}"; do
	read -ra needed <<<"$(packages_of "$program")"
	packages+=("${needed[@]}")
done

if [[ ${#packages[@]} -gt 0 ]]; then
	if ! have apt-get; then
		cat >&2 <<-END
			Missing: ${missing[*]}
			This is no Debian or Ubuntu, so install them yourself and run the command again. Debian calls the packages:
			  ${packages[*]}
			Node.js must be $node_minimum or newer.
		END
		exit 1
	fi
	echo "installing ${packages[*]}"
	as_root apt-get update -qq </dev/null
	install "${packages[@]}"
	keep_stopped "${packages[@]}"
fi

for program in "${missing[@]}"; do
	if [[ $program == node ]] && ! node_is_new_enough; then
		install_node
	elif ! is_there "$program"; then
		echo "$program is still not there after installing $(packages_of "$program")" >&2
		exit 1
	fi
done
