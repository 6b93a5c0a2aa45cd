#!/usr/bin/env bash
# Style of every language in the tree. TypeScript by ESLint and Prettier; Go by gofmt where Go is installed;
# Python by ruff where `make python-sdks` installed it; shell by bash's own parser, and by shellcheck, which may be
# missing where it is not CI.
set -euo pipefail
cd "$(dirname "$0")/.."

npm run --silent lint

mapfile -t shell_scripts < <(ls scripts/*.sh scripts/guest-image/*.sh \
  scripts/guest-image/rootfs/usr/lib/prism-guest/{boot,mkfs} bench/*.sh findings/*.sh .ci/run 2>/dev/null)
for script in "${shell_scripts[@]}"; do bash -n "$script"; done
guest_scripts=(src/guest/scripts/*.sh)
for script in "${guest_scripts[@]}"; do sh -n "$script"; done
if command -v shellcheck >/dev/null; then
  shellcheck "${shell_scripts[@]}"
  # The guest's sh may be dash; the texts go into user-data as they are, so they have no first line to say that.
  # `test && test || continue` is meant so there (SC2015), and a comment that says it would be sent to every guest.
  shellcheck --shell=sh --exclude=SC2015 "${guest_scripts[@]}"
elif [[ -n ${CI:-} ]]; then
  echo "lint: shellcheck is not installed (Debian: apt-get install shellcheck)" >&2
  exit 1
else
  echo "lint: shellcheck is not installed: shell scripts were only parsed"
fi

if command -v gofmt >/dev/null; then
  unformatted=$(gofmt -l test/interop bench)
  if [[ -n $unformatted ]]; then
    echo "lint: not in gofmt's style: $unformatted" >&2
    exit 1
  fi
fi

ruff=.tools/python-v4-sdk/newest/bin/ruff
if [[ -x $ruff ]]; then
  "$ruff" check --quiet --no-cache test/interop/v4-sdk
  "$ruff" format --quiet --no-cache --check test/interop/v4-sdk
elif [[ -n ${CI:-} ]]; then
  echo "lint: ruff is not installed (make python-sdks)" >&2
  exit 1
fi
