#!/usr/bin/env bash
# Writes THIRD_PARTY_LICENSES: what the binary is made of on all platforms that an image is made for, by licence, and the notices that
# belong to it. It reads the module cache and nothing else. A licence that is not known, or that licences.rules.json does not allow,
# is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(scripts/tool.sh go-licence-detector)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

modules=$(for arch in amd64 arm64; do
	CGO_ENABLED=0 GOOS=linux GOARCH=$arch go list -tags grpcnotrace -deps -f '{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}' ./cmd/opsbot
done | sort -u)
# shellcheck disable=SC2086 # one argument for each module
go list -m -json $modules | "$tool" -includeIndirect -noticeTemplate scripts/licences.tmpl -noticeOut "$tmp/modules" \
	-rules scripts/licences.rules.json -overrides scripts/licences.overrides
{
	cat "$tmp/modules"
	printf 'The standard library of Go: BSD-3-Clause\n%s\n@@@@\n' "$(cat "$(go env GOROOT)/LICENSE")"
	printf 'The rules of gitleaks, in internal/redact: MIT\n%s\n@@@@\n' "$(cat internal/redact/gitleaks/LICENSE)"
} >"$tmp/all"

rule=$(printf '=%.0s' {1..80})
{
	printf 'opsbot is made of what is listed here, each part under the licence that follows it. scripts/licences.sh writes this file.\n'
	# Modules whose licences are the same to the letter stand together.
	sed -e '/^Contents of probable licence file/d' -e 's/[[:space:]]*$//' "$tmp/all" | awk -v rule="$rule" '
		$0 == "@@@@" { if (!(text in names)) order[++n] = text; names[text] = names[text] name "\n"; name = text = ""; next }
		name == "" { name = $0; next }
		text != "" || $0 != "" { text = text $0 "\n" }
		END { for (i = 1; i <= n; i++) printf "\n%s\n\n%s\n%s", rule, names[order[i]], order[i] }'
	# shellcheck disable=SC2086 # likewise
	go list -m -f '{{.Path}} {{.Dir}}' $modules | while read -r module dir; do
		for notice in "$dir"/NOTICE*; do
			if [[ -f $notice ]]; then
				printf '\n%s\n\nNotice of %s\n\n%s\n' "$rule" "$module" "$(sed 's/[[:space:]]*$//' "$notice")"
			fi
		done
	done
} >"$tmp/out"
cat "$tmp/out" >THIRD_PARTY_LICENSES
