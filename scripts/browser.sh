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
command -v apt-get >/dev/null || die "Chromium is missing, and there is no apt-get to install it with"
[[ $(id -u) == 0 ]] || die "Chromium is missing: apt-get install chromium"
echo "browser: installing chromium ..." >&2
{ apt-get -o DPkg::Lock::Timeout=300 update -qq && DEBIAN_FRONTEND=noninteractive \
  apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends chromium; } >&2 ||
  die "the package chromium could not be installed"
find_browser || die "the package chromium brought no program of that name"
