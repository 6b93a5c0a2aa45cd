#!/usr/bin/env bash
# Runs the Linux archives of dist/release each in a root file system of its kind, as root: Debian (mmdebstrap, also for arm64,
# there by QEMU), and musl's with what Alpine calls libstdc++ and libgcc, which Python wheels for musl bring. And on an x86-64
# processor without AVX, as QEMU plays it. The package for Debian is installed, used and purged, and its units are read by systemd.
# The image of the fleeting plugin is its own root file system: it installs itself into a folder there.
# One line for each: what ran, or why it could not.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
release=${RELEASE_FOLDER:-dist/release}
version=$(node -p 'require("./package.json").version')
[[ $(id -u) == 0 ]] || { echo "try: a root file system needs root" >&2; exit 1; }
bash scripts/install-packages.sh mmdebstrap qemu-user-static unzip || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# unpacked TARGET ROOT: the archive's folder as /opt of a root file system.
unpacked() {
  mkdir -p "$2/opt" "$2/tmp" "$2/proc" "$2/dev"
  tar -xzf "$release/nutanix-docker-$version-$1.tar.gz" -C "$2/opt" --strip-components=1
}

# inside ROOT COMMAND...: in a namespace of processes of its own. unshare does not end by SIGTERM.
inside() {
  # shellcheck disable=SC2016 # words of the inner shell
  timeout --signal=KILL 120 unshare --mount --pid --fork --kill-child bash -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$@" 2>&1
}

# tried NAME ROOT COMMAND...: version of each program, and the driver up to its address line.
tried() {
  local name=$1 root=$2 program said
  shift 2
  for program in nutanix-docker docker-machine-driver-nutanix fleeting-plugin-nutanix nutanix-hosts nutanix-volume prism-simulator; do
    said=$(inside "$root" "$@" "/opt/$program" --version)
    [[ $said == *"$version"* ]] || { echo "$name: $program --version: ${said:-nothing was said}"; status=1; return; }
  done
  # It ends by itself when no client comes, or by the limit; its first line is all that is waited for.
  read -r said < <(MACHINE_PLUGIN_TOKEN=42 MACHINE_PLUGIN_DRIVER_NAME=nutanix inside "$root" "$@" /opt/docker-machine-driver-nutanix)
  [[ $said == 127.0.0.1:* ]] || { echo "$name: the driver says no address: $said"; status=1; return; }
  echo "$name: every program knows its version, and the driver says its address"
}

# debian ARCHITECTURE ROOT SUITE PACKAGE: the smallest of its kind.
debian() {
  local sources
  sources=$(bash scripts/debian-sources.sh "$3" "$work")
  mmdebstrap --quiet --format=directory --variant=extract --architectures="$1" --include="$4" "$3" "$2" ${sources:+"$sources"} >"$work/log" 2>&1 ||
    { echo "debian $1: mmdebstrap: $(tail -n 1 "$work/log")"; status=1; return 1; }
  [[ -e $2/lib ]] || ln -s usr/lib "$2/lib"
  [[ -e $2/lib64 || ! -d $2/usr/lib64 ]] || ln -s usr/lib64 "$2/lib64"
}

# musl MACHINE ROOT ARCHITECTURE: the C library, which is its own loader, of Debian 13, the other two libraries from a wheel. Those
# are linked with RELR: musl of Debian 12 does not know it, and programs end by SIGSEGV before main.
musl() {
  debian "$3" "$2-debian" trixie musl || return 1
  mkdir -p "$2/lib" "$2/wheel"
  cp "$(find "$2-debian" -path '*-musl/libc.so' -print -quit)" "$2/lib/ld-musl-$1.so.1" && ln -s "ld-musl-$1.so.1" "$2/lib/libc.musl-$1.so.1" && ln -s "ld-musl-$1.so.1" "$2/lib/libc.so"
  if ! pip download --quiet --no-deps --only-binary=:all: --python-version 3.12 --platform "musllinux_1_2_$1" -d "$2/wheel" greenlet==3.5.6 >"$work/log" 2>&1 ||
    ! unzip -q -j "$2"/wheel/*.whl 'greenlet.libs/*' -d "$2/lib" 2>"$work/log"; then
    echo "musl $1: $(tail -n 1 "$work/log")"
    status=1
    return 1
  fi
  ln -s "$(basename "$2"/lib/libstdc++-*)" "$2/lib/libstdc++.so.6"
  ln -s "$(basename "$2"/lib/libgcc_s-*)" "$2/lib/libgcc_s.so.1"
}

# image NAME ARCHITECTURE ROOT [QEMU]: the plugin of the image installs itself, and what it has installed is itself. QEMU cannot
# become another program: what the starter becomes is started for it.
image() {
  local name=$1 root=$3 layer said target=/plugins/registry.example.com/ci/nutanix/$version started=(/plugin/plugin) installed
  mkdir -p "$root"/{layout,dev,proc,plugins}
  tar -xf "$release/fleeting-plugin-nutanix-$version-oci.tar" -C "$root/layout" || { status=1; return; }
  # shellcheck disable=SC2016 # templates of JavaScript
  while read -r layer; do tar -xzf "$root/layout/$layer" -C "$root"; done < <(node -e '
    const { readFileSync } = require("node:fs");
    const path = ({ digest }) => `blobs/${digest.replace(":", "/")}`;
    const read = (file) => JSON.parse(readFileSync(`${process.argv[1]}/layout/${file}`, "utf8"));
    const { manifests } = read(path(read("index.json").manifests[0]));
    const { layers } = read(path(manifests.find(({ platform }) => platform.architecture === process.argv[2])));
    for (const layer of layers) console.log(path(layer));' "$root" "$2")
  installed=("$target/plugin")
  if [[ -n ${4:-} ]]; then
    cp "/usr/bin/${4#/}" "$root/"
    said=$(inside "$root" "$4" /plugin/plugin)
    [[ $said == *'cannot start /plugin/ld-linux-'*': Exec format error' ]] || { echo "$name: the starter: ${said:-nothing was said}"; status=1; return; }
    started=("$4" "/plugin/$(basename "$root"/plugin/ld-linux-*)" --library-path /plugin --argv0 /plugin/plugin /plugin/fleeting-plugin-nutanix)
    installed=("${started[@]//\/plugin\//$target/}")
    installed[3]=$target
  fi
  said=$(inside "$root" "${started[@]}" bootstrap registry.example.com/ci/nutanix)
  if [[ $said != "$target" ]] || ! diff -r "$root/plugin" "$root$target"; then
    echo "$name: bootstrap: ${said:-nothing was said}"
    status=1
    return
  fi
  said=$(inside "$root" "${installed[@]}" --version)
  [[ $said == *"linux/$2"* ]] || { echo "$name: --version: ${said:-nothing was said}"; status=1; return; }
  echo "$name: the plugin installs itself with nothing but the image, and runs from there"
}

# package ROOT: what an administrator does with the package; nothing of it may be left behind.
package() {
  local sources said
  sources=$(bash scripts/debian-sources.sh bookworm "$work")
  mmdebstrap --quiet --variant=minbase --include=systemd bookworm "$1" ${sources:+"$sources"} >"$work/log" 2>&1 ||
    { echo "Debian 12, package: mmdebstrap: $(tail -n 1 "$work/log")"; status=1; return; }
  cp "$release/nutanix-docker_${version}_amd64.deb" "$1/srv/" || { status=1; return; }
  cat >"$1/srv/try.sh" <<'END'
set -euo pipefail
files() { find /etc /usr /opt /var/lib -xdev ! -path '/var/lib/dpkg/*' | sort; }
files >/srv/before
dpkg --install /srv/nutanix-docker_*.deb
for program in nutanix-docker docker-machine-driver-nutanix fleeting-plugin-nutanix nutanix-hosts nutanix-volume prism-simulator; do "$program" --version; done
read -r address < <(MACHINE_PLUGIN_TOKEN=42 MACHINE_PLUGIN_DRIVER_NAME=nutanix timeout 20 docker-machine-driver-nutanix)
[[ $address == 127.0.0.1:* ]] || { echo "the driver says no address: $address"; exit 1; }
systemd-analyze verify /usr/lib/systemd/system/nutanix-volume*
for unit in /usr/lib/systemd/system/nutanix-volume*; do
  [[ $(systemctl is-enabled "${unit##*/}" || true) != enabled ]] || { echo "${unit##*/} is enabled"; exit 1; }
done
dpkg --purge nutanix-docker
files | diff /srv/before -
echo all well
END
  said=$(inside "$1" bash /srv/try.sh)
  [[ $said == *'all well' ]] || { echo "Debian 12, package: $said"; status=1; return; }
  echo "Debian 12, package: installed, used, units read by systemd, purged; nothing is left"
}

# Nothing that is wrong with one kind keeps the others from being tried.
if debian amd64 "$work/amd64" bookworm libc6 && unpacked linux-x64 "$work/amd64"; then
  tried "Debian 12, x86-64" "$work/amd64"
  cp /usr/bin/qemu-x86_64-static "$work/amd64/"
  tried "Debian 12, x86-64 without AVX (Nehalem)" "$work/amd64" /qemu-x86_64-static -cpu Nehalem
fi
package "$work/package"
if debian arm64 "$work/arm64" bookworm libc6 && unpacked linux-arm64 "$work/arm64"; then
  cp /usr/bin/qemu-aarch64-static "$work/arm64/"
  tried "Debian 12, arm64 (QEMU)" "$work/arm64" /qemu-aarch64-static
fi
if musl x86_64 "$work/musl" amd64 && unpacked linux-x64-musl "$work/musl"; then
  tried "musl, x86-64" "$work/musl"
  cp /usr/bin/qemu-x86_64-static "$work/musl/"
  tried "musl, x86-64 without AVX (Nehalem)" "$work/musl" /qemu-x86_64-static -cpu Nehalem
fi
if musl aarch64 "$work/musl-arm64" arm64 && unpacked linux-arm64-musl "$work/musl-arm64"; then
  cp /usr/bin/qemu-aarch64-static "$work/musl-arm64/"
  tried "musl, arm64 (QEMU)" "$work/musl-arm64" /qemu-aarch64-static
fi
image "Image, x86-64" amd64 "$work/image"
image "Image, arm64 (QEMU)" arm64 "$work/image-arm64" /qemu-aarch64-static
exit "$status"
