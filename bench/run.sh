#!/usr/bin/env bash
# `make bench` (the plugin) and `make bench-fleet`. First the subject, plugin or fleet, then its options, e.g. --rounds 40.
set -euo pipefail
cd "$(dirname "$0")/.."
subject=${1:-plugin}
if (($#)); then shift; fi
exec node_modules/.bin/bun "bench/$subject.ts" "$@"
