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

unpack() {
  local folder file
  folder=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$folder'" EXIT
  file=$(bash scripts/debian-package.sh "$suite" "$(dpkg --print-architecture)" "$package" "$folder")
  dpkg-deb -x "$file" "$folder/unpacked"
  mv "$folder/unpacked/$path" "$cache/${path##*/}"
}

mkdir -p "$cache"
exec 9<"$cache"
flock 9
[[ -x $cache/${path##*/} ]] || unpack 9<&-
echo "$PWD/$cache/${path##*/}"
