#!/usr/bin/env bash
# Prints the path of Chromium, which the tests of the simulator's page drive: what CHROMIUM names, one that is
# installed, or Debian's package, which is installed first where this user may do that. The headless shell is preferred: the
# same engine without the browser around it. The tests take 60 s of CPU with it instead of 104.
set -euo pipefail

die() {
  echo "browser: $*" >&2
  exit 1
}

find_browser() {
  local name
  for name in ${CHROMIUM:-chromium-headless-shell chromium chromium-browser google-chrome}; do
    command -v "$name" && return
  done
  return 1
}

find_browser && exit
[[ -z ${CHROMIUM:-} ]] || die "CHROMIUM names $CHROMIUM, which is no program"
# Older releases of Debian have no package of the shell.
for package in chromium-headless-shell chromium; do
  if bash "${BASH_SOURCE[0]%/*}/install-packages.sh" "$package"; then find_browser && exit; fi
done
die "neither chromium-headless-shell nor chromium could be installed"
