#!/usr/bin/env bash
# Builds docker-machine-driver-peer, the small Go driver that benches hold ours against, into .tools/ (again when its
# sources or Go have changed).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

command -v go >/dev/null || { echo "build-peer: Go is not installed" >&2; exit 1; }
sum=$( (go version && cat bench/go-peer/* scripts/build-peer.sh) | cksum)
output=.tools/docker-machine-driver-peer
if [[ -x $output && -f $output.stamp && $(<"$output.stamp") == "$sum" ]]; then exit 0; fi
mkdir -p .tools
(cd bench/go-peer && CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -o "$root/$output" .)
echo "$sum" >"$output.stamp"
