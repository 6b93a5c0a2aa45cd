#!/usr/bin/env bash
# `make bench` (the plugin), `make bench-list`, `make bench-peer`, `make bench-check`, `make bench-api`, `make bench-fleet`, `make bench-simulator`, `make bench-hostile`, `make bench-volumes`, `make bench-fleeting`, `make bench-demo`. First the subject,
# the name of a program in this folder (plugin, list, peer, check, api, fleet, simulator, guests, hostile-streams, volumes, fleeting, demo), then its options, e.g. --rounds 40.
# `bench/run.sh plugin --before FOLDER` measures the dist/ of another build beside this one.
set -euo pipefail
cd "$(dirname "$0")/.."
subject=${1:-plugin}
if (($#)); then shift; fi
exec node_modules/.bin/bun "bench/$subject.ts" "$@"
