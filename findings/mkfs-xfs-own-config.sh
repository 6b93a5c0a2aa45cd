#!/usr/bin/env bash
# xfsprogs 6.1.0: mkfs.xfs refuses every configuration file for older kernels that its own package ships.
#
# Behaviour:  `mkfs.xfs -c options=…/lts_5.15.conf` and the four others end with status 1 before anything is written: the
#             files set nrext64 in their section [metadata], where the program does not know it.
# Output:     lts_4.19.conf: status 1, nrext64 is named
#             and the same for lts_5.10.conf, lts_5.15.conf, lts_5.4.conf and lts_6.1.conf
# One expects the files that a package ships for older kernels to be read by its own program.
# It hurts:   whoever formats disks for hosts with an older kernel the way the manual proposes: the disk stays unformatted.
# Here:       src/node/filesystems switches single features off instead, and only those that the program knows.
#
# Exit code: 0 while the program does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq 'xfsprogs=6.1.0*' 2>/dev/null || exit 2
dpkg -x xfsprogs_*.deb unpacked
mkfs=$PWD/unpacked/sbin/mkfs.xfs
"$mkfs" -V >/dev/null 2>&1 || exit 2 # its libraries are missing

tried() { # tried FILE
  local status=0 output
  rm -f disk
  truncate -s 400M disk
  output=$("$mkfs" -q -c options="unpacked/usr/share/xfsprogs/mkfs/$1" disk 2>&1) || status=$?
  if [[ $output == *nrext64* ]]; then output=', nrext64 is named'; else output=''; fi
  echo "$1: status $status$output"
}
files=(lts_4.19.conf lts_5.10.conf lts_5.15.conf lts_5.4.conf lts_6.1.conf)
output=$(for file in "${files[@]}"; do tried "$file"; done)
printf '%s\n' "$output"
expected=$(printf '%s: status 1, nrext64 is named\n' "${files[@]}")
if [[ $output != "$expected" ]]; then
  echo "mkfs-xfs-own-config: it behaves otherwise now" >&2
  exit 1
fi
