#!/usr/bin/env bash
# `make bench`. Options of bench/plugin.ts, e.g. --rounds 40, can follow.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node_modules/.bin/bun bench/plugin.ts "$@"
