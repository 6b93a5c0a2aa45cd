#!/usr/bin/env bash
# util-linux 2.38.1: `blkid -p` says the same of a device that does not exist as of one that is blank: nothing, and exit
# status 2.
#
# Behaviour:  low-level probing of a path that is not there writes nothing to either stream and ends with 2, the status
#             that its manual gives for "no information was found".
# Output:     blank file: status 2, output ""
#             missing file: status 2, output ""
#             file with ext4: status 0, output "ext4"
# One expects an error that names the path, and another status, as `wipefs`, `mount` and `cat` have.
# It hurts:   whatever formats a disk when blkid finds nothing on it: a path that is mistyped, or a disk that vanished
#             between two steps, passes for a blank one.
# Here:       src/node/filesystems opens the device before it asks: test/node/filesystems.
#
# Exit code: 0 while the program does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq 'util-linux=2.38.1*' 'e2fsprogs=1.47.0*' 2>/dev/null || exit 2
for package in *.deb; do dpkg -x "$package" unpacked; done
blkid=$PWD/unpacked/sbin/blkid
[[ -x $blkid ]] || exit 2

truncate -s 8M blank
truncate -s 8M filled
unpacked/sbin/mkfs.ext4 -q filled
asked() { # asked WHAT FILE
  local status=0 output
  output=$("$blkid" -p -s TYPE -o value "$2" 2>&1) || status=$?
  echo "$1: status $status, output \"$output\""
}
output=$(asked "blank file" blank; asked "missing file" missing; asked "file with ext4" filled)
printf '%s\n' "$output"
expected='blank file: status 2, output ""
missing file: status 2, output ""
file with ext4: status 0, output "ext4"'
if [[ $output != "$expected" ]]; then
  echo "blkid-missing-device: it behaves otherwise now" >&2
  exit 1
fi
