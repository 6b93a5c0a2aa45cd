#!/usr/bin/env bash
# Writes what is published into dist/release/: for each platform an archive of the one executable with the names of its
# programs, Debian packages with units and completion, the npm package, a bill of materials, licences and SHA256SUMS.
# The sources, package-lock.json, the commit, the compilers of C and, for the image, Debian's C library of the day decide the
# bytes: two runs write the same files.
#   RELEASE_TARGETS    which, e.g. "linux-x64 npm" (default: all); a target that the tools of this machine cannot make is
#                      named with the reason, and is no failure unless it was asked for by name
#   RELEASE_FOLDER     where (default: dist/release); what is there is removed
#   RELEASE_GZIP       level of the tar archives (default: 9)
#   FLEETING_IMAGE     architectures of the image of the fleeting plugin (default: amd64 arm64)
#   SOURCE_DATE_EPOCH  the time of all files (default: that of the last commit)
# On two cores it takes two minutes without downloads, which are 40 to 55 MB for each foreign platform. No step may take more than LIMIT.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH" LC_ALL=C TZ=UTC
umask 022
LIMIT=${RELEASE_LIMIT:-600}

# target, what Bun calls it, the npm package with Bun for it (pinned by package-lock.json)
PLATFORMS='linux-x64        bun-linux-x64         @oven/bun-linux-x64
linux-x64-musl   bun-linux-x64-musl    @oven/bun-linux-x64-musl
linux-arm64      bun-linux-arm64       @oven/bun-linux-aarch64
linux-arm64-musl bun-linux-arm64-musl  @oven/bun-linux-aarch64-musl
macos-arm64      bun-darwin-arm64      @oven/bun-darwin-aarch64
macos-x64        bun-darwin-x64        @oven/bun-darwin-x64
windows-x64      bun-windows-x64       @oven/bun-windows-x64'
ALL_TARGETS="$(awk '{ print $1 }' <<<"$PLATFORMS" | paste -sd ' ') deb-amd64 deb-arm64 fleeting-image npm"
targets=${RELEASE_TARGETS:-$ALL_TARGETS}

version=$(node -p 'require("./package.json").version')
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}
# shellcheck disable=SC2016 # a template of JavaScript
own_runtime=$(node -p '`${process.platform}-${process.arch}-${process.report.getReport().header.glibcVersionRuntime ? "glibc" : "other"}`')
out=${RELEASE_FOLDER:-dist/release}
runtimes=.cache/runtimes
# The release of Debian whose C library is in the image of the fleeting plugin.
C_LIBRARY_SUITE=trixie
names=$(cd src/bin && printf '%s\n' *.ts | sed 's/\.ts$//' | grep -vx nutanix-docker)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
begun=$SECONDS
left_out=()
failed=()

say() { printf 'release: %4d s  %s\n' $((SECONDS - begun)) "$*"; }
# Of the target at work: the tools cannot make it; it was to work and does not.
cannot() { left_out+=("$target: $*"); say "$target: cannot be made here: $*"; }
broken() { failed+=("$target: $*"); say "$target: FAILED: $*"; }
size() { du -h --apparent-size "$1" | cut -f 1; }

for target in $targets; do
  [[ " $ALL_TARGETS " == *" $target "* ]] || { echo "release: there is no target $target; there are: $ALL_TARGETS" >&2; exit 2; }
done
rm -rf "$out"
mkdir -p "$out" "$runtimes"

# fetch PACKAGE FILE: Bun for another platform from npm, compared with package-lock.json before anything is unpacked.
fetch() {
  local package=$1 file=$2 pinned wanted packed
  # shellcheck disable=SC2016 # a template of JavaScript
  read -r pinned wanted < <(node -p 'const { version, integrity } = require("./package-lock.json").packages[`node_modules/${process.argv[1]}`]; `${version} ${integrity}`' "$package")
  local folder=$runtimes/${package#*/}-$pinned
  if [[ ! -s $folder/$file ]]; then
    rm -rf "$folder" && mkdir -p "$folder"
    packed=$(timeout "$LIMIT" npm pack --loglevel=error --prefer-offline --pack-destination "$folder" "$package@$pinned" 2>&1) ||
      { rm -rf "$folder"; cannot "npm brings no $package@$pinned (${packed%%$'\n'*})"; return 1; }
    packed=$folder/$(tail -n 1 <<<"$packed")
    [[ sha512-$(openssl dgst -sha512 -binary "$packed" | base64 -w 0) == "$wanted" ]] ||
      { rm -rf "$folder"; broken "$package@$pinned is not what package-lock.json pins"; return 1; }
    tar -xzf "$packed" -C "$folder" --strip-components=2 "package/bin/$file" && rm "$packed"
  fi
  runtime=$folder/$file
}

# executable TARGET: compiles it once; the path of the result is in $executable.
executable() {
  local target=$1 bun package file=bun runtime
  read -r _ bun package < <(grep "^$target " <<<"$PLATFORMS")
  [[ $target != windows-* ]] || file=bun.exe
  executable=$work/$target/nutanix-docker${file#bun}
  if [[ -s $executable ]]; then return 0; fi
  if [[ $target == linux-x64 && $own_runtime == linux-x64-glibc ]]; then
    runtime=node_modules/bun/bin/bun.exe # npm ci has compared it already
  else
    fetch "$package" "$file" || return 1
  fi
  mkdir -p "$work/$target"
  say "$target: $runtime, compiling"
  PACKAGES=$work/packages timeout "$LIMIT" bun scripts/bundle.mjs "$executable" "$bun" "$runtime" >&2 || { broken "it cannot be compiled"; return 1; }
  chmod 0755 "$executable"
}

notices() {
  [[ -s $work/NOTICES ]] || node scripts/release/notices.mjs nutanix-docker "$work/packages" "$out/nutanix-docker-$version.cdx.json" "$work/NOTICES"
}

# archive TARGET: in a tar archive the other names are hard links. Names are sorted, so the file itself is stored as the driver. On Windows a name is a word behind `nutanix-docker.exe`, or a copy.
archive() {
  local target=$1 executable name folder
  executable "$target" && notices || return 0
  name=nutanix-docker-$version-$target
  folder=$work/archive/$name
  mkdir -p "$folder"
  ln "$executable" "$folder/"
  cp README.md CHANGELOG.md LICENSE NOTICE "$folder/"
  cp "$work/NOTICES" "$folder/THIRD-PARTY-NOTICES"
  if [[ $target == windows-* ]]; then
    command -v zip >/dev/null || bash scripts/install-packages.sh zip || { cannot "there is no zip"; return 0; }
    find "$folder" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$work/archive" && find "$name" -type f | sort | zip -q -X -9 -@ "$name.zip") || { broken "zip"; return 0; }
    mv "$work/archive/$name.zip" "$out/"
  else
    for link in $names; do ln "$executable" "$folder/$link"; done
    packed "$work/archive" "$name" | gzip -"${RELEASE_GZIP:-9}" -n >"$out/$name.tar.gz" || { broken "tar"; return 0; }
  fi
  rm -r "$folder"
  say "$target: $(size "$executable") packed to $(size "$(echo "$out/$name".*)")"
}

# packed FOLDER NAME: a tar archive without anything of this machine in it.
packed() {
  tar -C "$1" --format=gnu --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - "$2"
}

# static_program ARCHITECTURE SOURCE FILE: a program in C, static, so that it runs with any C library and with none.
static_program() {
  local compilers=("musl-gcc" "cc")
  if [[ $1 != "$(dpkg --print-architecture)" ]]; then
    [[ $1 == arm64 ]] || { cannot "no compiler for $1 is known"; return 1; }
    compilers=(aarch64-linux-gnu-gcc)
    command -v "${compilers[0]}" >/dev/null || bash scripts/install-packages.sh gcc-aarch64-linux-gnu libc6-dev-arm64-cross >/dev/null 2>&1 ||
      { cannot "there is no ${compilers[0]} for ${2##*/} (Debian: gcc-aarch64-linux-gnu)"; return 1; }
  fi
  for compiler in "${compilers[@]}"; do
    if "$compiler" -static -O2 -std=gnu11 -s -o "$3" "$2" 2>"$work/compiler.log"; then return 0; fi
  done
  cannot "${2##*/} cannot be compiled: $(tail -n 1 "$work/compiler.log")"
  return 1
}

# The launcher stands in front as docker-machine-driver-nutanix, with the program beside it. Units are not enabled.
debian() {
  local target=deb-$1 executable architecture=$1 root=$work/deb-$1 docs name
  command -v dpkg-deb >/dev/null || { cannot "there is no dpkg-deb"; return 0; }
  executable "$2" && notices || return 0
  docs=$root/usr/share/doc/nutanix-docker
  mkdir -p "$root/DEBIAN" "$root/usr/bin" "$docs" "$root"/usr/share/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
  static_program "$architecture" src/agent/launcher.c "$root/usr/bin/docker-machine-driver-nutanix" || return 0
  ln "$executable" "$root/usr/bin/nutanix-docker"
  ln -s nutanix-docker "$root/usr/bin/docker-machine-driver-nutanix-program"
  for name in $names; do [[ -e $root/usr/bin/$name ]] || ln -s nutanix-docker "$root/usr/bin/$name"; done
  for name in nutanix-hosts nutanix-volume; do
    bun run "src/bin/$name.ts" completion bash >"$root/usr/share/bash-completion/completions/$name"
    bun run "src/bin/$name.ts" completion zsh >"$root/usr/share/zsh/vendor-completions/_$name"
    bun run "src/bin/$name.ts" completion fish >"$root/usr/share/fish/vendor_completions.d/$name.fish"
  done
  bun run scripts/release/units.ts "$root/usr/lib/systemd/system"
  gzip -9 -n <CHANGELOG.md >"$docs/changelog.gz"
  cp README.md NOTICE "$docs/"
  cat LICENSE "$work/NOTICES" >"$docs/copyright"
  cat >"$root/DEBIAN/control" <<CONTROL
Package: nutanix-docker
Version: $version
Architecture: $architecture
Maintainer: The authors of docker-machine-driver-nutanix <nobody@example.com>
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f 1)
Depends: libc6 (>= 2.17)
Recommends: openssh-client, ca-certificates
Suggests: docker-ce | docker.io, xfsprogs, e2fsprogs
Section: admin
Priority: optional
Description: Docker hosts on Nutanix AHV
 A docker-machine driver with its launcher, fleeting-plugin-nutanix for GitLab Runner's autoscaling,
 nutanix-hosts for fleets of hosts, the volume plugin nutanix-volume, and prism-simulator, a simulated
 Prism Central. No service is started.
CONTROL
  # shellcheck disable=SC2016 # words of the script
  printf '%s\n' '#!/bin/sh' '# systemd reads the units; which of them run is for nutanix-volume setup, or for the administrator.' \
    'set -e' 'if [ "$1" = configure ] && [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi' >"$root/DEBIAN/postinst"
  chmod 0755 "$root/DEBIAN/postinst"
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zzstd -z9 -b "$root" "$out/nutanix-docker_${version}_$architecture.deb" >/dev/null || { broken "dpkg-deb"; return 0; }
  say "$target: $(size "$out/nutanix-docker_${version}_$architecture.deb")"
}

# c_library ARCHITECTURE: the path of Debian's package of it is in $c_library. One of yesterday may lack a mended fault.
c_library() {
  local folder=$runtimes/libc6-$1
  if [[ -z $(find "$folder" -name asked -mmin -1440 2>/dev/null) ]]; then
    bash scripts/debian-package.sh "$C_LIBRARY_SUITE" "$1" libc6 "$work/libc6-$1" >/dev/null 2>"$work/log" ||
      { cannot "$(tail -n 1 "$work/log")"; return 1; }
    touch "$work/libc6-$1/asked"
    rm -rf "$folder" && mv "$work/libc6-$1" "$folder"
  fi
  c_library=$(echo "$folder"/*.deb)
}

# beside_plugin PACKAGE FOLDER: what a program that Bun has compiled is linked to, out of Debian's package of the C library, and
# the licences of all that is in the folder as one file: the runner's installer makes no folders.
beside_plugin() {
  local unpacked=$2-libc6 libraries name licences
  # Its caller looks at the status, so that no command here ends the script.
  dpkg-deb -x "$1" "$unpacked" || return 1
  libraries=$(find "$unpacked/usr/lib" -name libc.so.6 -printf '%h')
  for name in libc.so.6 libdl.so.2 libm.so.6 libpthread.so.0; do cp "$libraries/$name" "$2/" || return 1; done
  cp "$libraries"/ld-linux-*.so.* "$2/" || return 1
  licences=$(grep -o '/usr/share/common-licenses/[A-Za-z0-9.-]*[0-9]' "$unpacked/usr/share/doc/libc6/copyright" | sort -u) || return 1
  cat LICENSE "$work/NOTICES-fleeting" "$unpacked/usr/share/doc/libc6/copyright" >"$2/LICENSES" || return 1
  for name in $licences; do { printf '\n%s:\n\n' "$name" && cat "$name"; } >>"$2/LICENSES" || return 1; done
}

# The fleeting plugin alone as an image, with all that it needs to run: a container has nothing else, and Alpine no GNU C library.
fleeting_image() {
  local target=fleeting-image architecture platform runtime file=bun bun package c_library name folder=$work/fleeting packages=()
  name=fleeting-plugin-nutanix-$version
  for architecture in ${FLEETING_IMAGE:-amd64 arm64}; do
    platform=linux-${architecture/amd64/x64}
    read -r _ bun package < <(grep "^$platform " <<<"$PLATFORMS")
    if [[ $platform == linux-x64 && $own_runtime == linux-x64-glibc ]]; then
      runtime=node_modules/bun/bin/bun.exe
    else
      fetch "$package" "$file" || return 0
    fi
    c_library "$architecture" || return 0
    packages+=("$c_library")
    mkdir -p "$folder/$architecture/plugin" "$folder/layers/linux/$architecture"
    static_program "$architecture" src/fleeting/program/starter.c "$folder/$architecture/plugin/plugin" || return 0
    say "$target: $runtime, compiling"
    PROGRAM=fleeting-plugin-nutanix PACKAGES=$work/packages-fleeting timeout "$LIMIT" \
      bun scripts/bundle.mjs "$folder/$architecture/plugin/fleeting-plugin-nutanix" "$bun" "$runtime" >&2 ||
      { broken "it cannot be compiled"; return 0; }
    chmod 0755 "$folder/$architecture/plugin"/*
  done
  node scripts/release/notices.mjs fleeting-plugin-nutanix "$work/packages-fleeting" "$out/$name.cdx.json" "$work/NOTICES-fleeting" "${packages[@]}" ||
    { broken "the licences"; return 0; }
  for package in "${packages[@]}"; do
    architecture=$(dpkg-deb -f "$package" Architecture)
    beside_plugin "$package" "$folder/$architecture/plugin" || { broken "the libraries for $architecture"; return 0; }
    packed "$folder/$architecture" plugin >"$folder/layers/linux/$architecture/plugin.tar"
  done
  node scripts/release/fleeting-image.mjs "$folder/layers" "$version" "$folder/$name" || { broken "the image"; return 0; }
  packed "$folder/$name" . >"$out/$name-oci.tar"
  rm -r "$folder"
  say "$target: $(size "$out/$name-oci.tar")"
}

npm_package() {
  local target=npm
  [[ -d dist/node/bin ]] || { broken "dist/node is missing: make build"; return 0; }
  npm pack --silent --ignore-scripts --pack-destination "$out" >/dev/null || { broken "npm pack"; return 0; }
  say "npm: $(size "$(echo "$out"/*.tgz)")"
}

for target in $targets; do
  case $target in
    deb-amd64) debian amd64 linux-x64 ;;
    deb-arm64) debian arm64 linux-arm64 ;;
    fleeting-image) fleeting_image ;;
    npm) npm_package ;;
    *) archive "$target" ;;
  esac
done
[[ ! -e $work/NOTICES ]] || cp "$work/NOTICES" "$out/THIRD-PARTY-NOTICES"
if [[ -n $(ls "$out") ]]; then
  (cd "$out" && sha256sum -- *) >"$work/SHA256SUMS"
  cp "$work/SHA256SUMS" "$out/"
  (cd "$out" && du -h --apparent-size -- *)
fi
for reason in "${left_out[@]}"; do echo "not made: $reason"; done
for reason in "${failed[@]}"; do echo "FAILED: $reason" >&2; done
say "done"
((${#failed[@]} == 0)) && [[ -z ${RELEASE_TARGETS:-} || ${#left_out[@]} == 0 ]]
