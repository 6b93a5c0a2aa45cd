#!/usr/bin/env bash
# Installs packages of Debian: one call at a time, for tests that run side by side may want some at once, and
# apt-get update does not wait for another one. Starts no service. The last line of stderr says what failed.
#
#   install-packages.sh PACKAGE...
set -euo pipefail

die() { echo "install-packages: $*" >&2; exit 1; }

(($# > 0)) || die "which packages?"
command -v apt-get >/dev/null || die "there is no apt-get to install $* with: install them by hand"
[[ $(id -u) == 0 ]] || die "please install them as root: apt-get install $*"
all_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}\n' "$@" 2>/dev/null | grep -cx installed) == "$#" ]]; }
exec 9</var/lib/dpkg
flock 9
if all_installed "$@"; then exit 0; fi
echo "installing $* ..." >&2
# RUNLEVEL=1: services of the packages are not started.
{ apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
  apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@"; } >&2 9>&- ||
  die "$* could not be installed; install them by hand"
