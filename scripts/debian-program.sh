#!/usr/bin/env bash
# Prints where a program is of another release of Debian, kept in .cache/debian-programs/: `debian-program.sh RELEASE PACKAGE
# PATH`, for programs that run by themselves on older releases. Needs a Debian and its archive.
#   forky docker.io usr/sbin/dockerd    Swarms of engines 26.1 to 28.1, and so of Debian 13, call no CSI driver
#                                       (findings/swarm-csi-plugin-address.sh). It runs on Debian 13.
#   trixie docker-compose usr/libexec/docker/cli-plugins/docker-compose
#                                       Compose in Go, for the engine of Debian 12, whose own is the old one in Python.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=$1 package=$2 path=$3
cache=.cache/debian-programs/$suite

die() { echo "debian-program: $*" >&2; exit 1; }

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
  (cd "$folder" && apt-get "${options[@]}" -qq download "$package" >&2) || die "$package of $suite could not be had"
  dpkg-deb -x "$folder/$package"_*.deb "$folder/unpacked"
  mv "$folder/unpacked/$path" "$cache/${path##*/}"
}

mkdir -p "$cache"
exec 9<"$cache"
flock 9
[[ -x $cache/${path##*/} ]] || unpack 9<&-
echo "$PWD/$cache/${path##*/}"
