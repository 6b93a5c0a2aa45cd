#!/usr/bin/env bash
# Builds the image of container guests and loads it into the Docker engine of DOCKER_HOST (default: the
# system's). The root file system is made of Debian's packages and kept in .cache/guest-image/; it is made
# again when this folder changes. Needs mmdebstrap and a `docker` client, which are installed where that is possible.
#
#   build.sh              make the root file system if needed, and load it
#   build.sh --tarball    make it if needed, load nothing, print where it is
set -euo pipefail
cd "$(dirname "$0")/../.."
recipe=scripts/guest-image
image=prism-simulator-guest:latest
cache=.cache/guest-image
suite=bookworm

die() { echo "guest-image: $*" >&2; exit 1; }

hash=$(cd "$recipe" && find . -type f -printf '%p %m\n' -exec cat {} + | LC_ALL=C sort | sha256sum | cut -c 1-16)
tarball=$cache/$hash.tar

# Where this machine gets the same Debian release from; nothing = mmdebstrap's own choice.
own_sources() {
  local file
  for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
    if [[ -f $file ]] && grep -Eqs "^[^#]*\b$suite\b" "$file"; then echo "$file"; return; fi
  done
}

make_tarball() {
  local packages sources
  # The other packages: what it calls, and the keys of Debian where the machine is no Debian.
  command -v mmdebstrap >/dev/null || bash scripts/install-packages.sh mmdebstrap mount gpg debian-archive-keyring ||
    exit 1
  packages=$(sed -e 's/#.*//' "$recipe/packages" | xargs | tr ' ' ,)
  sources=$(own_sources)
  echo "guest-image: building the root file system (1-2 minutes) ..." >&2
  # Manuals, translations, and programs of the engine's packages that nothing calls.
  local excluded=(/usr/share/{man,doc,locale,info,lintian}'/*'
    /usr/bin/{dnet,containerd-shim,containerd-shim-runc-v1} /usr/sbin/ovrouter)
  mmdebstrap --quiet --format=tar --variant=minbase --include="$packages" \
    "${excluded[@]/#/--dpkgopt=path-exclude=}" \
    --customize-hook="tar -C $PWD/$recipe/rootfs --owner=0 --group=0 -cf - . | tar -C \"\$1\" --no-same-permissions -xf -" \
    --customize-hook="$PWD/$recipe/customize.sh" \
    "$suite" "$tarball.new" ${sources:+"$sources"} >&2 || { rm -f "$tarball.new"; die "mmdebstrap failed"; }
  rm -f "$cache"/*.tar
  mv "$tarball.new" "$tarball"
}

load() {
  command -v docker >/dev/null || bash scripts/install-packages.sh docker.io || exit 1
  local loaded
  docker version >/dev/null || die "no Docker engine answers at ${DOCKER_HOST:-the default address}: start one" \
    "(scripts/docker-engine.sh start FOLDER prints a DOCKER_HOST), or name one in DOCKER_HOST"
  loaded=$(docker image inspect -f '{{index .Config.Labels "prism-simulator.recipe"}}' "$image" 2>/dev/null || true)
  if [[ $loaded == "$hash" ]]; then
    echo "guest-image: $image is up to date"
    return
  fi
  # hardware: the form of /var/lib/prism-guest/hardware that this recipe's first process reads.
  docker import --change "LABEL prism-simulator.recipe=$hash prism-simulator.hardware=2" --change 'CMD ["/usr/lib/prism-guest/boot"]' \
    "$tarball" "$image" >/dev/null
  echo "guest-image: $image loaded ($(du -h "$tarball" | cut -f 1))"
}

# Whoever comes second waits for the root file system that the first one makes.
mkdir -p "$cache"
exec 9<"$cache"
flock 9
[[ -f $tarball ]] || make_tarball 9<&-
exec 9<&-
if [[ ${1:-} == --tarball ]]; then echo "$PWD/$tarball"; else load; fi
