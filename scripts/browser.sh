#!/usr/bin/env bash
# Prints the path of Chromium, which the tests of the simulator's page drive: what CHROMIUM names, one that is
# installed, or Debian's package, which is installed first where this user may do that.
set -euo pipefail

die() {
  echo "browser: $*" >&2
  exit 1
}

find_browser() {
  local name
  for name in ${CHROMIUM:-chromium chromium-browser google-chrome}; do
    command -v "$name" && return
  done
  return 1
}

find_browser && exit
[[ -z ${CHROMIUM:-} ]] || die "CHROMIUM names $CHROMIUM, which is no program"
bash "${BASH_SOURCE[0]%/*}/install-packages.sh" chromium || exit 1
find_browser || die "the package chromium brought no program of that name"
