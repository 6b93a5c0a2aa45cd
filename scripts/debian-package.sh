#!/usr/bin/env bash
# Downloads a package of another release of Debian, or of another architecture, for what takes files out of it:
# `debian-package.sh RELEASE ARCHITECTURE PACKAGE FOLDER` prints the file's path. apt compares it with the archive's
# signature. Needs a Debian and its archive, and no root.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=$1 architecture=$2 package=$3
mkdir -p "$4"
out=$(realpath "$4")

die() { echo "debian-package: $*" >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/{sources,state/lists/partial,cache/archives/partial}
sources=$(bash scripts/debian-sources.sh "$suite" "$folder/sources")
[[ -n $sources ]] || die "this is no Debian, and $suite's archive is not known here"
options=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$folder/sources" -o Dir::State="$folder/state"
  -o Dir::State::status=/dev/null -o Dir::Cache="$folder/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root
  -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture")
# A release in the making may lack some of the archives that others have.
apt-get "${options[@]}" -qq update >&2 || true
(cd "$folder" && apt-get "${options[@]}" -qq download "$package" >&2) || die "$package of $suite for $architecture could not be had"
file=$(cd "$folder" && echo "$package"_*.deb)
mv "$folder/$file" "$out/"
echo "$out/$file"
