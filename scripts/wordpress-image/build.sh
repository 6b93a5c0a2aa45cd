#!/usr/bin/env bash
# Makes one root file system with Debian's MariaDB, Apache and WordPress, for containers of both kinds
# (`run-mariadb`, `run-wordpress`), and keeps it in .cache/wordpress-image/ until this folder changes. Prints where it
# is; `docker import` takes it. Needs mmdebstrap, which is installed where that is possible.
set -euo pipefail
cd "$(dirname "$0")/../.."
recipe=scripts/wordpress-image
cache=.cache/wordpress-image
suite=bookworm
packages=(mariadb-server apache2 libapache2-mod-php php-mysql php-xml wordpress wordpress-theme-twentytwentythree)

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
  local sources excluded=(/usr/share/{man,doc,locale,info,lintian,mysql/policy}'/*')
  command -v mmdebstrap >/dev/null || bash scripts/install-packages.sh mmdebstrap mount gpg debian-archive-keyring ||
    exit 1
  sources=$(own_sources)
  echo "wordpress-image: building the root file system (1-2 minutes) ..." >&2
  mmdebstrap --quiet --format=tar --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
    "${excluded[@]/#/--dpkgopt=path-exclude=}" \
    --customize-hook="tar -C $PWD/$recipe/rootfs --owner=0 --group=0 -cf - . | tar -C \"\$1\" --no-same-permissions -xf -" \
    --customize-hook="$PWD/$recipe/customize.sh" \
    "$suite" "$tarball.new" ${sources:+"$sources"} >&2 ||
    { rm -f "$tarball.new"; echo "wordpress-image: mmdebstrap failed" >&2; exit 1; }
  rm -f "$cache"/*.tar
  mv "$tarball.new" "$tarball"
}

# Whoever comes second waits for the root file system that the first one makes.
mkdir -p "$cache"
exec 9<"$cache"
flock 9
[[ -f $tarball ]] || make_tarball 9<&-
echo "$PWD/$tarball"
