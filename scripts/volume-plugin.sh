#!/usr/bin/env bash
# Makes dist/volume-plugin/{config.json,rootfs} for `docker plugin create NAME dist/volume-plugin`: the executable
# nutanix-volume on Debian's packages that it calls. The plugin has no settings that hold a secret: the file of the host,
# /etc/nutanix-volume/nutanix-volume.yaml, is mounted into it. Needs root and mmdebstrap, which is installed if possible.
set -euo pipefail
cd "$(dirname "$0")/.."
out=dist/volume-plugin
suite=bookworm

die() { echo "volume-plugin: $*" >&2; exit 1; }
[[ $(id -u) == 0 ]] || die "a root file system needs root"
[[ -x dist/nutanix-volume ]] || die "dist/nutanix-volume is missing: make build"
command -v mmdebstrap >/dev/null || bash scripts/install-packages.sh mmdebstrap mount gpg debian-archive-keyring || exit 1

rm -rf "$out"
mkdir -p "$out"
# Where this machine gets the same Debian release from; nothing = mmdebstrap's own choice.
sources=
for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
  if [[ -f $file ]] && grep -Eqs "^[^#]*\b$suite\b" "$file"; then sources=$file; break; fi
done
mmdebstrap --quiet --format=directory --variant=minbase \
  --include=util-linux,mount,e2fsprogs,xfsprogs,kmod,ca-certificates,open-iscsi,multipath-tools \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$suite" "$out/rootfs" ${sources:+"$sources"} >&2 || die "mmdebstrap failed"
rm -rf "$out"/rootfs/var/cache/apt/*.bin "$out"/rootfs/var/lib/apt/lists/* "$out"/rootfs/etc/apt/sources.list*
install -D -m 0755 dist/nutanix-volume "$out/rootfs/usr/local/bin/nutanix-volume"
# Volumes are mounted below the propagated folder, and the records stay with the host.
mkdir -p "$out"/rootfs/{run/docker/plugins,etc/nutanix-volume,var/lib/nutanix-volume,mnt/volumes}

cat >"$out/config.json" <<'JSON'
{
  "description": "Volumes on Nutanix volume groups",
  "documentation": "docs/volumes.md",
  "entrypoint": ["/usr/local/bin/nutanix-volume", "docker-plugin", "--mounts", "/mnt/volumes"],
  "workdir": "/",
  "interface": { "types": ["docker.volumedriver/1.0"], "socket": "nutanix.sock" },
  "network": { "type": "host" },
  "mounts": [
    {
      "name": "settings",
      "description": "Folder of nutanix-volume.yaml, mode 0600",
      "source": "/etc/nutanix-volume",
      "destination": "/etc/nutanix-volume",
      "type": "bind",
      "options": ["rbind", "ro"],
      "settable": ["source"]
    },
    {
      "name": "records",
      "description": "What the host knows of its volumes",
      "source": "/var/lib/nutanix-volume",
      "destination": "/var/lib/nutanix-volume",
      "type": "bind",
      "options": ["rbind"],
      "settable": ["source"]
    },
    { "source": "/dev", "destination": "/dev", "type": "bind", "options": ["rbind"] },
    { "source": "/sys", "destination": "/sys", "type": "bind", "options": ["rbind"] },
    { "source": "/run/udev", "destination": "/run/udev", "type": "bind", "options": ["rbind"] },
    { "source": "/lib/modules", "destination": "/lib/modules", "type": "bind", "options": ["rbind", "ro"] }
  ],
  "propagatedMount": "/mnt/volumes",
  "linux": {
    "capabilities": ["CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_MKNOD", "CAP_DAC_READ_SEARCH", "CAP_NET_ADMIN"],
    "allowAllDevices": true
  }
}
JSON
echo "volume-plugin: $out is made: docker plugin create nutanix $out"
