#!/usr/bin/env bash
# Where a machine with Debian gets its own release from, as a file in a folder for another release: `debian-sources.sh RELEASE
# FOLDER` prints the file, for mmdebstrap. Nothing = mmdebstrap's own choice.
set -euo pipefail
suite=$1 folder=$2
grep -qs '^ID=debian$' /etc/os-release || exit 0
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
[[ -n $release ]] || exit 0
for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
  if [[ -f $file ]] && grep -Eqs "^[^#]*\b$release\b" "$file"; then
    sed "s/\b$release\b/$suite/g" "$file" >"$folder/${file##*/}"
    echo "$folder/${file##*/}"
    exit 0
  fi
done
