#!/usr/bin/env bash
# Builds the image of container guests and loads it into the Docker engine of DOCKER_HOST (default: the
# system's). The root file system is made of Debian's packages and kept in .cache/guest-image/; it is made
# again when this folder changes. Needs mmdebstrap and a `docker` client, which are installed where that is possible.
#
#   build.sh              make the root file system if needed, and load it
#   build.sh --tarball    make it if needed, load nothing, print where it is
#
# GUEST_SUITE names another release of Debian than 13, e.g. bookworm (12); each one's root file system is kept, and its
# image is called prism-simulator-guest:RELEASE beside being the latest.
set -euo pipefail
cd "$(dirname "$0")/../.."
recipe=scripts/guest-image
image=prism-simulator-guest:latest
cache=.cache/guest-image
suite=${GUEST_SUITE:-trixie}

die() { echo "guest-image: $*" >&2; exit 1; }

[[ $suite =~ ^[a-z]+$ ]] || die "GUEST_SUITE is the name of a release of Debian, such as trixie or bookworm, and not \"$suite\""
hash=$(cd "$recipe" && find . -type f -printf '%p %m\n' -exec cat {} + | LC_ALL=C sort | sha256sum | cut -c 1-16)
tarball=$cache/$suite-$hash.tar

# Where a machine with Debian gets its own release from, as a file in folder $1 for the guests' release; nothing =
# mmdebstrap's own choice.
own_sources() {
  local file release
  grep -qs '^ID=debian$' /etc/os-release || return 0
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  [[ -n $release ]] || return 0
  for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
    if [[ -f $file ]] && grep -Eqs "^[^#]*\b$release\b" "$file"; then
      sed "s/\b$release\b/$suite/g" "$file" >"$1/${file##*/}"
      echo "$1/${file##*/}"
      return
    fi
  done
}

# A line of the list is a package, or a release and a package that only this one has.
packages() {
  awk -v suite="$suite" '{ sub(/#.*/, "") } NF == 1 { print $1 } NF == 2 && $1 == suite { print $2 }' "$recipe/packages"
}

make_tarball() {
  local packages sources folder
  # The other packages: what it calls, and the keys of Debian where the machine is no Debian.
  command -v mmdebstrap >/dev/null || bash scripts/install-packages.sh mmdebstrap mount gpg debian-archive-keyring ||
    exit 1
  packages=$(packages | paste -sd ,)
  folder=$(mktemp -d)
  sources=$(own_sources "$folder")
  echo "guest-image: building the root file system (1-2 minutes) ..." >&2
  # Manuals, translations, and programs of the engine's packages that nothing calls.
  local excluded=(/usr/share/{man,doc,locale,info,lintian}'/*'
    /usr/bin/{dnet,containerd-shim,containerd-shim-runc-v1} /usr/sbin/ovrouter)
  mmdebstrap --quiet --format=tar --variant=minbase --include="$packages" \
    "${excluded[@]/#/--dpkgopt=path-exclude=}" \
    --customize-hook="tar -C $PWD/$recipe/rootfs --owner=0 --group=0 -cf - . | tar -C \"\$1\" --no-same-permissions -xf -" \
    --customize-hook="$PWD/$recipe/customize.sh" \
    "$suite" "$tarball.new" ${sources:+"$sources"} >&2 || { rm -rf "$tarball.new" "$folder"; die "mmdebstrap failed"; }
  rm -rf "$cache/$suite"-*.tar "$folder"
  mv "$tarball.new" "$tarball"
}

load() {
  command -v docker >/dev/null || bash scripts/install-packages.sh docker.io || exit 1
  local loaded
  docker version >/dev/null || die "no Docker engine answers at ${DOCKER_HOST:-the default address}: start one" \
    "(scripts/docker-engine.sh start FOLDER prints a DOCKER_HOST), or name one in DOCKER_HOST"
  loaded=$(docker image inspect -f '{{index .Config.Labels "prism-simulator.recipe"}}' "$image" 2>/dev/null || true)
  if [[ $loaded == "$suite-$hash" ]]; then
    echo "guest-image: $image is up to date"
    return
  fi
  # hardware: the form of /var/lib/prism-guest/hardware that this recipe's first process reads.
  docker import --change "LABEL prism-simulator.recipe=$suite-$hash prism-simulator.hardware=2" --change 'CMD ["/usr/lib/prism-guest/boot"]' \
    "$tarball" "$image" >/dev/null
  docker tag "$image" "${image%:*}:$suite"
  echo "guest-image: $image loaded, $suite ($(du -h "$tarball" | cut -f 1))"
}

# Whoever comes second waits for the root file system that the first one makes.
mkdir -p "$cache"
exec 9<"$cache"
flock 9
[[ -f $tarball ]] || make_tarball 9<&-
exec 9<&-
if [[ ${1:-} == --tarball ]]; then echo "$PWD/$tarball"; else load; fi
