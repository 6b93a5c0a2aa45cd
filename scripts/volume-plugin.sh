#!/usr/bin/env bash
# Makes what `docker plugin create NAME FOLDER` takes: dist/volume-plugin/docker, Docker's volume plugin, and
# dist/volume-plugin/swarm, the CSI driver for cluster volumes of a swarm. Each has the executable nutanix-volume and, of
# Debian 13, the programs that it calls with their libraries, and nothing else: no shell, no package manager, no setting that
# holds a secret. Needs root and mmdebstrap, which is installed if possible.
set -euo pipefail
cd "$(dirname "$0")/.."
out=dist/volume-plugin
suite=trixie
packages=util-linux,mount,e2fsprogs,xfsprogs,ca-certificates
programs=(blkid blockdev losetup mount umount mkfs.xfs xfs_growfs mkfs.ext4 resize2fs)

die() { echo "volume-plugin: $*" >&2; exit 1; }
[[ $(id -u) == 0 ]] || die "a root file system needs root"
[[ -x node_modules/.bin/bun ]] || die "the packages are missing: make build"
command -v mmdebstrap >/dev/null || bash scripts/install-packages.sh mmdebstrap mount gpg debian-archive-keyring || exit 1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debian=$folder/debian
sources=$(bash scripts/debian-sources.sh "$suite" "$folder")
# Only unpacked: there is nothing to set up for programs that are called by their paths.
mmdebstrap --quiet --format=directory --variant=extract --include="$packages" "$suite" "$debian" \
  ${sources:+"$sources"} >&2 || die "mmdebstrap failed"
for name in bin sbin lib lib64; do [[ -e $debian/$name ]] || ln -s "usr/$name" "$debian/$name"; done
loader=$(cd "$debian" && find usr/lib usr/lib64 -name 'ld-linux*.so.*' -print -quit 2>/dev/null)
[[ -n $loader ]] || die "there is no loader of programs in what mmdebstrap made"

# keep FILE: into the root file system, with the libraries that it is linked to; FILE as it is seen from inside.
root=$out/docker/rootfs
keep() {
  local path
  for path in "$1" $(chroot "$debian" "/$loader" --list "$1" 2>/dev/null | grep -o '/[^ ]*'); do
    [[ -e $debian$path ]] || die "$path, which $1 needs, is missing"
    path=/$(cd "$debian" && realpath --relative-to . "$(dirname ".$path")")/${path##*/}
    [[ -e $root$path ]] || install -D -m 0755 "$debian$path" "$root$path"
  done
}

rm -rf "$out"
mkdir -p "$root"/{run/docker/plugins,etc/nutanix-volume,etc/ssl/certs,var/lib/nutanix-volume,mnt/volumes,data,tmp,usr/lib64}
for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
# Every engine keeps a copy of a plugin: no other program is inside.
PROGRAM=nutanix-volume node_modules/.bin/bun scripts/bundle.mjs "$debian/usr/bin/nutanix-volume"
chmod 0755 "$debian/usr/bin/nutanix-volume"
for program in nutanix-volume "${programs[@]}"; do
  keep "$(cd "$debian" && find usr/bin usr/sbin -name "$program" -printf '/%p\n' -quit)"
done
keep "/$loader"
cp "$debian/etc/mke2fs.conf" "$root/etc/"
printf 'root:x:0:0:root:/:\n' >"$root/etc/passwd"
cat "$debian"/usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
mkdir "$out/swarm"
cp -al "$root" "$out/swarm/rootfs"

# config NAME DESCRIPTION PROPAGATED RECORDS TYPES WORDS: config.json of one of the two. Records stay with the host, as the
# host's numbers of processes and its machine-id do: whose lock on a volume one is, and whether that process is gone, is told by them.
config() {
  cat >"$out/$1/config.json" <<JSON
{
  "description": "$2",
  "documentation": "docs/volumes.md",
  "entrypoint": ["/usr/bin/nutanix-volume", $6],
  "workdir": "/",
  "interface": { "types": [$5], "socket": "nutanix.sock" },
  "network": { "type": "host" },
  "pidhost": true,
  "env": [{ "name": "BUN_JSC_useJIT", "description": "0: less memory, for a process that waits compiles nothing", "value": "0" }],
  "mounts": [
    {
      "name": "settings",
      "description": "Folder of nutanix-volume.yaml",
      "source": "/etc/nutanix-volume",
      "destination": "/etc/nutanix-volume",
      "type": "bind",
      "options": ["rbind", "ro"],
      "settable": ["source"]
    },
    {
      "name": "records",
      "description": "What the host knows of its volumes",
      "source": "$4",
      "destination": "/var/lib/nutanix-volume",
      "type": "bind",
      "options": ["rbind"],
      "settable": ["source"]
    },
    { "source": "/etc/machine-id", "destination": "/etc/machine-id", "type": "bind", "options": ["bind", "ro"] },
    { "source": "/dev", "destination": "/dev", "type": "bind", "options": ["rbind"] },
    { "source": "/sys", "destination": "/sys", "type": "bind", "options": ["rbind"] }
  ],
  "propagatedMount": "$3",
  "linux": { "capabilities": ["CAP_SYS_ADMIN", "CAP_SYS_RESOURCE"], "allowAllDevices": true }
}
JSON
}
config docker 'Volumes on Nutanix volume groups' /mnt/volumes /var/lib/nutanix-volume \
  '"docker.volumedriver/1.0"' '"docker-plugin", "--mounts", "/mnt/volumes"'
config swarm 'Cluster volumes on Nutanix volume groups' /data/published /var/lib/nutanix-volume/swarm \
  '"docker.csicontroller/1.0", "docker.csinode/1.0"' '"csi", "--role", "swarm", "--endpoint", "unix:///run/docker/plugins/nutanix.sock"'
echo "volume-plugin: $out/docker and $out/swarm are made, $(du -sm "$root" | cut -f 1) MB each:" \
  "docker plugin create nutanix $out/docker"
