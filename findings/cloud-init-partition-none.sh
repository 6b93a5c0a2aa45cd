#!/usr/bin/env bash
# cloud-init 22.4.2 (Debian 12): fs_setup with `partition: none` formats a file system with data, `overwrite: false`
# or not.
#
# Behaviour:  with `partition: auto` or `any` a file system of the wanted type (and label) is kept. With `partition:
#             none`, which asks for the whole disk, cloud-init does not look what is there, and `overwrite` counts for
#             nothing. 25.1.4 and 26.2 decide the same way (test/golden/cloud-init-fs-setup.json).
# Output:     overwrite: false, ext4 of the same label with a file: auto: kept, any: kept, none: gone
# One expects that `overwrite: false` keeps a file system that is there, above all one of the same type and label.
# It hurts:   operators who keep Docker's data on a second disk and give it to a rebuilt VM, or whose VM gets a new
#             instance id: the first boot empties the disk without a warning.
# Here:       fs_setup is not used, a script formats only what is blank: test/guest/guest-disk.test.ts, "never formats
#             a disk that holds anything".
#
# Wants Debian 12's apt, e2fsprogs, Python and pip. No root is needed: a plain file stands for the disk, and an lsblk
# of our own describes it as that of Linux describes a disk.
# Exit code: 0 while cloud-init does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
shopt -s inherit_errexit
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder" # for apt, which downloads as a user of its own
cd "$folder"
export PATH=$folder/bin:$PATH:/usr/sbin:/sbin
apt-get -qq download cloud-init=22.4.2-1+deb12u4 2>apt.log || { cat apt.log >&2; exit 2; }
dpkg-deb -x cloud-init_*.deb root
pip install --quiet --disable-pip-version-check --root-user-action=ignore --target modules \
  PyYAML==6.0.2 configobj==5.0.9 || exit 2

mkdir bin
cat >bin/lsblk <<'PROGRAM'
#!/bin/sh
echo 'NAME="disk" TYPE="disk" FSTYPE="ext4" LABEL="docker-data"'
PROGRAM
chmod +x bin/lsblk

cat >format.py <<'PROGRAM'
import sys
from unittest import mock
from cloudinit.config import cc_disk_setup

# udev has nothing to settle for a plain file.
with mock.patch.object(cc_disk_setup.util, "udevadm_settle"):
    cc_disk_setup.mkfs(
        {
            "device": sys.argv[1],
            "filesystem": "ext4",
            "label": "docker-data",
            "partition": sys.argv[2],
            "overwrite": False,
        }
    )
PROGRAM

# after PARTITION: what became of a file on the disk.
after() {
  truncate -s 0 disk && truncate -s 16M disk
  mkfs.ext4 -q -F -L docker-data disk
  echo volume >volume
  debugfs -w -R "write volume volume" disk >/dev/null 2>&1
  PYTHONPATH=modules:root/usr/lib/python3/dist-packages python3 format.py "$PWD/disk" "$1" >&2
  if [[ $(debugfs -R "cat volume" disk 2>/dev/null) == volume ]]; then echo kept; else echo gone; fi
}
seen="auto: $(after auto), any: $(after any), none: $(after none)"
echo "overwrite: false, ext4 of the same label with a file: $seen"
if [[ $seen != "auto: kept, any: kept, none: gone" ]]; then
  echo "cloud-init-partition-none: cloud-init behaves otherwise now; it was kept, kept and gone" >&2
  exit 1
fi
