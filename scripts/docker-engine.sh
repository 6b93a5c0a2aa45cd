#!/usr/bin/env bash
# A Docker engine of its own for container guests, beside whatever engine the system has: socket, data, process
# id file and log are in one folder, and it makes no network that was not asked for. Needs root.
#
#   docker-engine.sh start FOLDER [PID [IMAGES]]   start it; prints the DOCKER_HOST. It ends with the process PID, if given, and
#                                                  has the images that were kept in IMAGES, if there are any
#   docker-engine.sh keep FOLDER IMAGES            keep the images it has now in the folder IMAGES, if they can be kept there
#   docker-engine.sh stop FOLDER                   stop it and remove the folder
set -euo pipefail
self=$(realpath "${BASH_SOURCE[0]}")

die() { echo "docker-engine: $*" >&2; exit 1; }
usage() { sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2; }

# needs PROGRAM PACKAGE...
needs() { command -v "$1" >/dev/null || bash "${self%/*}/install-packages.sh" "${@:2}" || exit 1; }

start() {
  local folder=$1 owner=${2:-} images=${3:-} host=unix://$1/docker.sock
  [[ $(id -u) == 0 ]] || die "a Docker engine needs root"
  [[ -z $(ls -A "$folder" 2>/dev/null) ]] || die "$folder is not empty"
  needs dockerd docker.io iptables
  # From Debian 13 on a package of its own.
  needs docker docker-cli
  mkdir -p "$folder"
  if [[ -n $images && -f $images.lock ]]; then
    flock --shared "$images.lock" bash "$self" link "$(realpath "$images")" "$folder/data" || rm -rf "$folder/data"
  fi
  # Where the system runs a containerd, both engines use it: the name space keeps them apart.
  setsid dockerd --host "$host" --data-root "$folder/data" --exec-root "$folder/exec" \
    --pidfile "$folder/pid" --bridge none --containerd-namespace "${folder##*/}" \
    --containerd-plugins-namespace "${folder##*/}-plugins" >"$folder/log" 2>&1 </dev/null &
  local engine=$! end=$((SECONDS + 180))
  while ((SECONDS < end)); do
    if docker --host "$host" version >/dev/null 2>&1; then
      if [[ -n $owner ]]; then setsid "$self" guard "$folder" "$owner" >/dev/null 2>&1 </dev/null & fi
      echo "$host"
      return
    fi
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.1
  done
  local reason
  reason=$(grep -E 'level=(error|fatal)|^failed' "$folder/log" | tail -n 1 || true)
  stop "$folder"
  die "dockerd does not start here: ${reason:-it gave no reason}"
}

# link_images FROM TO: images as the storage driver overlay2 has them. An engine writes its records anew and never changes a file of
# a layer, so layers are hard links: that takes no space, and a hundredth of the time in which it would read an image.
link_images() {
  mkdir -p "$2" && cp -a "$1/image" "$2/" 2>/dev/null && cp -al "$1/overlay2" "$2/" 2>/dev/null
}

# Other drivers have other folders, and another file system has no links to these: then nothing is kept, and that is no fault.
keep() {
  local data=$1/data images=$2
  [[ -d $data/image/overlay2 ]] || return 0
  mkdir -p "${images%/*}"
  exec 9>"$images.lock"
  flock 9
  rm -rf "$images"
  unshare --mount bash "$self" link-running "$data" "$images" || rm -rf "$images"
}

# Nobody else would end it when whoever started it is killed.
guard() {
  local folder=$1 owner=$2
  while kill -0 "$owner" 2>/dev/null; do sleep 2; done
  stop "$folder"
}

stop() {
  local folder=$1 engine waited
  [[ -d $folder ]] || return 0
  [[ -f $folder/log ]] || die "$folder was not made by \`docker-engine.sh start\`"
  if [[ -S $folder/docker.sock ]]; then
    # Bridges would outlive the engine.
    docker --host "unix://$folder/docker.sock" ps -aq 2>/dev/null |
      xargs -r docker --host "unix://$folder/docker.sock" rm -f >/dev/null 2>&1 || true
    docker --host "unix://$folder/docker.sock" network prune -f >/dev/null 2>&1 || true
  fi
  if engine=$(cat "$folder/pid" 2>/dev/null); then
    kill "$engine" 2>/dev/null || true
    for ((waited = 0; waited < 200; waited++)); do
      kill -0 "$engine" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$engine" 2>/dev/null || true
  fi
  awk -v folder="$folder/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l
  rm -rf "$folder"
}

case ${1:-} in
  start) start "$(realpath -m "${2:?FOLDER is missing}")" "${@:3}" ;;
  keep) keep "$(realpath -m "${2:?FOLDER is missing}")" "$(realpath -m "${3:?IMAGES is missing}")" ;;
  stop) stop "$(realpath -m "${2:?FOLDER is missing}")" ;;
  guard) guard "$2" "$3" ;;
  link) link_images "$2" "$3" ;;
  link-running)
    # In mounts of its own: no link leads out of a mount, and the engine has made one of its folder.
    umount --lazy "$2/overlay2" "$2" 2>/dev/null || true
    link_images "$2" "$3"
    ;;
  *) usage ;;
esac
