#!/usr/bin/env bash
# Prints where a dockerd is of the next release of Debian, kept in .cache/dockerd/: swarms of engines 26.1 to 28.1, and so of
# Debian 13, call no CSI driver (findings/swarm-csi-plugin-address.sh). It runs on Debian 13. Needs a Debian and its archive.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=.cache/dockerd
suite=forky

die() { echo "newer-dockerd: $*" >&2; exit 1; }

unpack() {
  local folder sources options
  folder=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$folder'" EXIT
  mkdir "$folder/sources"
  sources=$(bash scripts/debian-sources.sh "$suite" "$folder/sources")
  [[ -n $sources ]] || die "this is no Debian, and $suite's archive is not known here"
  mkdir -p "$folder"/{state/lists/partial,cache/archives/partial}
  options=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$folder/sources" -o Dir::State="$folder/state"
    -o Dir::State::status=/dev/null -o Dir::Cache="$folder/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root)
  # A release in the making may lack some of the archives that others have.
  apt-get "${options[@]}" -qq update >&2 || true
  (cd "$folder" && apt-get "${options[@]}" -qq download docker.io >&2) || die "docker.io of $suite could not be had"
  dpkg-deb -x "$folder"/docker.io_*.deb "$folder/unpacked"
  mv "$folder/unpacked/usr/sbin/dockerd" "$cache/dockerd"
}

mkdir -p "$cache"
exec 9<"$cache"
flock 9
[[ -x $cache/dockerd ]] || unpack 9<&-
echo "$PWD/$cache/dockerd"
