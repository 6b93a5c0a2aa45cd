#!/usr/bin/env bash
# Turns the fresh Debian in folder $1 into a guest; called by mmdebstrap.
set -euo pipefail
root=$1

# docker-machine rewrites the engine's command line to /usr/bin/dockerd.
ln -sf ../sbin/dockerd "$root/usr/bin/dockerd"

for program in mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkswap; do
  ln -sf /usr/lib/prism-guest/mkfs "$root/usr/local/sbin/$program"
done

# Identity comes into being at the first boot of each guest. An empty machine-id, unlike none, does not make
# systemd enable every unit's default.
: >"$root/etc/machine-id"
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname" "$root/etc/resolv.conf" "$root/etc/iscsi/initiatorname.iscsi"

# No package source: `apt-get update` has nothing to wait for where guests have no way out.
rm -rf "$root/etc/apt/sources.list" "$root"/etc/apt/sources.list.d/* "$root"/var/lib/apt/lists/*
rm -rf "$root"/var/cache/apt/*.bin "$root"/var/log/*.log "$root"/var/log/apt

# Units that wait for hardware, or do housekeeping that a short-lived guest does not need.
chroot "$root" systemctl mask --quiet docker.socket containerd.service getty.target console-getty.service \
  systemd-pstore.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer \
  dpkg-db-backup.timer e2scrub_reap.service xfs_scrub_all.timer cloud-init-hotplugd.socket
chroot "$root" systemctl enable --quiet docker.service guest-mounts.service
