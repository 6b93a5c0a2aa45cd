#!/usr/bin/env bash
# Turns the fresh Debian in folder $1 into a guest; called by mmdebstrap.
set -euo pipefail
root=$1

# docker-machine rewrites the engine's command line to /usr/bin/dockerd.
ln -sf ../sbin/dockerd "$root/usr/bin/dockerd"

# Identity comes into being at the first boot of each guest; iscsid makes its name when it first starts.
: >"$root/etc/machine-id"
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname" "$root/etc/resolv.conf"
echo 'GenerateName=yes' >"$root/etc/iscsi/initiatorname.iscsi"
# No name server is better than one that nobody reaches: sudo looks for the host's name.
: >"$root/etc/resolv.conf"
echo 'LABEL=root / ext4 defaults 0 0' >"$root/etc/fstab"

# No package source: `apt-get update` has nothing to wait for where guests have no way out.
rm -rf "$root/etc/apt/sources.list" "$root"/etc/apt/sources.list.d/* "$root"/var/lib/apt/lists/*
rm -rf "$root"/var/cache/apt/*.bin "$root"/var/log/*.log "$root"/var/log/apt

# Programs write a message of the day at each login, and logins here are by programs that do not read it.
rm -f "$root"/etc/update-motd.d/*

# Consoles that nobody sits at, and housekeeping that a short-lived guest does not need.
chroot "$root" systemctl mask --quiet getty.target serial-getty@ttyS0.service systemd-pstore.service \
  apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  dpkg-db-backup.timer xfs_scrub_all.timer cloud-init-hotplugd.socket systemd-binfmt.service
chroot "$root" systemctl enable --quiet systemd-networkd.service docker.service ssh.service iscsid.service
