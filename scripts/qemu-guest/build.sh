#!/usr/bin/env bash
# Makes what qemu guests boot from Debian's packages: a root file system, a kernel, and its first steps. It is kept in
# .cache/qemu-guest/ and made again when this folder changes. Prints the folder. Needs root, for the file system's
# owners; what it calls is installed where that is possible.
set -euo pipefail
cd "$(dirname "$0")/../.."
recipe=scripts/qemu-guest
cache=.cache/qemu-guest
# The release whose engine, 20.10, still has the storage driver devicemapper.
suite=bookworm
# Of the root file system; a guest's disk is larger, and the system grows into it.
size=3G

die() { echo "qemu-guest: $*" >&2; exit 1; }

hash=$(cd "$recipe" && find . -type f -printf '%p %m\n' -exec cat {} + | LC_ALL=C sort | sha256sum | cut -c 1-16)
made=$cache/$suite-$hash

make_root() {
  local packages sources
  packages=$(sed 's/#.*//' "$recipe/packages" | xargs | tr ' ' ,)
  sources=$(bash scripts/debian-sources.sh "$suite" "$work")
  # Manuals, translations, and programs of the engine's packages that nothing calls.
  local excluded=(/usr/share/{man,doc,locale,info,lintian}'/*' /usr/sbin/ovrouter)
  # INITRD=No: the kernel's package makes no initrd of its own; ours is a tenth of it.
  INITRD=No mmdebstrap --quiet --format=directory --variant=minbase --include="$packages" \
    "${excluded[@]/#/--dpkgopt=path-exclude=}" \
    --customize-hook="tar -C $PWD/$recipe/rootfs --owner=0 --group=0 -cf - . | tar -C \"\$1\" --no-same-permissions -xf -" \
    --customize-hook="$PWD/$recipe/customize.sh" \
    "$suite" "$work/system" ${sources:+"$sources"} >&2 || die "mmdebstrap failed"
}

# The modules that the root disk needs, in the order in which they are loaded, and the one program that loads them.
make_initrd() {
  local release number=100 line
  release=$(basename "$work"/system/lib/modules/*)
  mkdir -p "$work"/initrd/{bin,modules,dev,proc,sys,root}
  install -m 0755 "$recipe/initrd/init" "$work/initrd/init"
  install -m 0755 "$work/system/bin/busybox" "$work/initrd/bin/busybox"
  while read -r _ line; do
    [[ -f $work/system/$line ]] || continue
    ls "$work"/initrd/modules/*-"${line##*/}" >/dev/null 2>&1 && continue
    number=$((number + 1))
    install -m 0644 "$work/system/$line" "$work/initrd/modules/$number-${line##*/}"
  done < <(chroot "$work/system" modprobe -S "$release" -a --show-depends virtio_pci virtio_scsi sd_mod)
  (cd "$work/initrd" && find . | bin/busybox cpio -o -H newc 2>/dev/null | gzip -9) >"$work/made/initrd"
}

make_all() {
  [[ $(id -u) == 0 ]] || die "please make it as root: the root file system's owners need that"
  command -v mmdebstrap >/dev/null || bash scripts/install-packages.sh mmdebstrap mount gpg debian-archive-keyring || exit 1
  command -v mke2fs >/dev/null || bash scripts/install-packages.sh e2fsprogs || exit 1
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/made"
  echo "qemu-guest: building the root file system (3-4 minutes) ..." >&2
  make_root
  make_initrd
  cp "$work"/system/boot/vmlinuz-* "$work/made/vmlinuz"
  mke2fs -q -t ext4 -L root -O ^has_journal -d "$work/system" "$work/made/root.img" "$size" >&2
  rm -rf "$cache/$suite"-*
  mv "$work/made" "$made"
  chmod 0755 "$made"
}

# Whoever comes second waits for what the first one makes.
mkdir -p "$cache"
exec 9<"$cache"
flock 9
[[ -f $made/root.img ]] || (make_all) 9<&-
exec 9<&-
echo "$PWD/$made"
