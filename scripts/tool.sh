#!/usr/bin/env bash
# Prints the path of a development tool of tools/go.mod, or of a module of its own below tools/, building it first if this version was
# not built yet.
#
#   "$(scripts/tool.sh golangci-lint)" run
set -euo pipefail
cd "$(dirname "$0")/../tools"

case $1 in
golangci-lint) package=github.com/golangci/golangci-lint/v2/cmd/golangci-lint ;;
gotestsum) package=gotest.tools/gotestsum ;;
filelint) package=./filelint ;;
mailpit) cd mailpit && package=github.com/axllent/mailpit ;;
go-licence-detector) cd licences && package=go.elastic.co/go-licence-detector ;;
cyclonedx-gomod) cd sbom && package=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod ;;
versitygw) cd versitygw && package=github.com/versity/versitygw/cmd/versitygw ;;
*)
	echo "scripts/tool.sh: unknown tool $1" >&2
	exit 2
	;;
esac

# The key changes with everything that the binary is made of.
shopt -s nullglob
key=$({ go env GOVERSION GOOS GOARCH && cat go.mod go.sum filelint/*.go; } | sha256sum | cut -c -16)
binary="${XDG_CACHE_HOME:-${HOME:?}/.cache}/opsbot/tools/$key/$1"

if [[ ! -x $binary ]]; then
	echo "building $1 (once per version)" >&2
	mkdir -p "$(dirname "$binary")"
	# Built beside its place and moved: an interrupted build, or another one at the same time, leaves no half binary.
	building=$(mktemp -d "$(dirname "$binary")/build.XXXXXX")
	trap 'rm -rf "$building"' EXIT
	GOFLAGS='' GOWORK=off CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$building/$1" "$package" >&2
	mv "$building/$1" "$binary"
fi
echo "$binary"
