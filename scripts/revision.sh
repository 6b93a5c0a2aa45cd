#!/usr/bin/env bash
# Prints the commit that is built and its time, e.g. `5a51e98c1f20 2026-11-29T21:31:54Z`, for `--version`. `-dirty` behind
# the commit: what is built differs from it. Prints nothing where there is no checkout, as in the sources of an archive.
set -euo pipefail
cd "$(dirname "$0")/.."
# An archive may be unpacked within the checkout of another project.
[[ $(git rev-parse --show-toplevel 2>/dev/null) -ef . ]] || exit 0
# git abbreviates by what else is in the clone; a commit has the same bytes in each.
commit=$(git rev-parse --verify --quiet HEAD) || exit 0
sources=(src proto package.json package-lock.json tsconfig.json tsconfig.build.json scripts)
[[ -z $(git --no-optional-locks status --porcelain -- "${sources[@]}") ]] && dirty='' || dirty=-dirty
time=$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)
printf '%s%s %s\n' "${commit:0:12}" "$dirty" "$time"
