#!/usr/bin/env bash
# Fails when the binary has become too large. It doubles at once when something reaches text/template or reflect's MethodByName with a
# name that is not constant, because the linker then keeps every method. Who does: go build -tags grpcnotrace -ldflags=-dumpdep
# ./cmd/opsbot 2>&1 | grep ReflectMethod
set -euo pipefail

limit=63000000
size=$(stat -c %s "$1" 2>/dev/null || stat -f %z "$1")
if ((size > limit)); then
	echo "$1 has $size bytes, and more than $limit are too many: see $0" >&2
	exit 1
fi
