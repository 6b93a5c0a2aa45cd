#!/usr/bin/env bash
# Style of every language in the tree. TypeScript by ESLint and Prettier; Go by gofmt where Go is installed;
# shell by bash's own parser, and by shellcheck where it is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

npm run --silent lint

mapfile -t shell_scripts < <(ls scripts/*.sh scripts/guest-image/*.sh \
  scripts/guest-image/rootfs/usr/lib/prism-guest/{boot,mkfs} bench/*.sh findings/*.sh .ci/run 2>/dev/null)
for script in "${shell_scripts[@]}"; do bash -n "$script"; done
if command -v shellcheck >/dev/null; then shellcheck "${shell_scripts[@]}"; fi

if command -v gofmt >/dev/null; then
  unformatted=$(gofmt -l test/interop)
  if [[ -n $unformatted ]]; then
    echo "lint: not in gofmt's style: $unformatted" >&2
    exit 1
  fi
fi
