#!/usr/bin/env bash
# docker.io 26.1.5 (Debian 13): a swarm calls no CSI driver at all, so that a cluster volume stays "pending creation" for ever.
#
# Behaviour:  engines 26.1 to 28.1 hand swarmkit their plugins in a wrapper that hides the address of the socket, and swarmkit
#             refuses what has none. The driver is never connected to; the reason stands in the engine's log alone. Known as
#             moby/moby issue 48133, mended by pull request 49961 in 28.2.
# Output:     26.1.5: pending creation, driver not called, does not implement PluginAddr
#             28.5.2: driver called by gRPC
# One expects the engine of a stable release to have the cluster volumes that its `docker volume create --type` offers.
# It hurts:   everybody who runs cluster volumes on Debian 13: `docker volume create` succeeds, and no task ever starts.
# Here:       docs/csi.md says which engines can; scripts/debian-program.sh gets one for test/e2e/container/managed-plugins.test.ts.
#
# Needs root, Debian and python3: it runs engines of its own. Exit code: 0 while the engines do this, 1 when not, 2 when it could
# not be tried.
set -euo pipefail
[[ $(id -u) == 0 ]] || exit 2
if [[ ${1:-} != inside ]]; then
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  source=/etc/apt/sources.list.d/debian.sources
  [[ -n $release && -f $source ]] || exit 2
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # unpack FOLDER RELEASE PACKAGE...: out of another release of Debian, beside this computer's own packages
  unpack() {
    local here=$folder/$1 options
    mkdir -p "$here"/{sources,state/lists/partial,cache/archives/partial}
    sed "s/\b$release\b/$2/g" "$source" >"$here/sources/debian.sources"
    options=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$here/sources" -o Dir::State="$here/state"
      -o Dir::State::status=/dev/null -o Dir::Cache="$here/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" -qq update >/dev/null 2>&1 || true
    (cd "$here" && apt-get "${options[@]}" -qq download "${@:3}" >/dev/null 2>&1) || exit 2
    for package in "$here"/*.deb; do dpkg -x "$package" "$here/unpacked"; done
  }
  unpack own "$release" containerd runc
  unpack old trixie 'docker.io=26.1.5*' docker-cli
  unpack new forky docker.io
  status=0
  self=$(realpath "$0")
  unshare --mount --net --propagation private bash "$self" inside "$folder" || status=$?
  exit "$status"
fi

folder=$2
engine=''
stop() {
  if [[ -n $engine ]] && kill "$engine" 2>/dev/null; then wait "$engine" 2>/dev/null || true; fi
  engine=''
}
trap stop EXIT
cd "$folder"
path=$folder/own/unpacked/usr/sbin:$folder/own/unpacked/usr/bin:$folder/old/unpacked/usr/sbin:$folder/old/unpacked/usr/bin:$PATH
ip link set lo up
mkdir -p /run/docker plugin/rootfs/usr plugin/rootfs/run/docker/plugins
mount -t tmpfs none /run/docker # a folder for sockets that nothing else sees
for name in bin lib lib64; do ln -s "usr/$name" "plugin/rootfs/$name"; done
cat >plugin/rootfs/driver.py <<'PY'
import socket
server = socket.socket(socket.AF_UNIX)
server.bind('/run/docker/plugins/demo.sock')
server.listen()
while True:
    connection, _ = server.accept()
    if connection.recv(16).startswith(b'PRI * HTTP/2'):
        open('/called', 'w').write('by gRPC')
    connection.close()
PY
cat >plugin/config.json <<'JSON'
{
  "description": "a CSI driver that notes that it was called",
  "entrypoint": ["/usr/bin/python3", "/driver.py"],
  "interface": { "types": ["docker.csicontroller/1.0", "docker.csinode/1.0"], "socket": "demo.sock" },
  "mounts": [{ "source": "/usr", "destination": "/usr", "type": "bind", "options": ["rbind", "ro"] }],
  "propagatedMount": "/data/published",
  "linux": {},
  "network": { "type": "host" }
}
JSON
wait_for() { # wait_for SECONDS COMMAND...: repeats it until it succeeds
  local limit=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do ((SECONDS < limit)) || return 1; sleep 0.5; done
}

# with DOCKERD NAME: what becomes of a cluster volume in a swarm of this engine
with() {
  local data=$folder/$2-engine log=$folder/$2.log version status
  mkdir "$data"
  export DOCKER_HOST=unix://$data/docker.sock
  PATH=$path "$1" --host "$DOCKER_HOST" --data-root "$data/data" --exec-root "$data/exec" --pidfile "$data/pid" \
    --bridge none --iptables=false >"$log" 2>&1 &
  engine=$!
  docker() { PATH=$path command docker "$@"; }
  wait_for 60 docker version || exit 2
  version=$(docker version --format '{{.Server.Version}}' | sed 's/+.*//')
  docker plugin create demo plugin >/dev/null
  docker plugin enable demo >/dev/null || exit 2
  docker swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1 >/dev/null
  docker volume create --driver demo:latest --type mount --sharing none --scope single v >/dev/null
  called() { [[ -n $(find "$data/data/plugins" -path '*/rootfs/called') ]]; }
  # shellcheck disable=SC2317 # wait_for calls it
  decided() { called || grep -q 'does not implement PluginAddr' "$log"; }
  wait_for 30 decided || true
  if called; then
    echo "$version: driver called by gRPC"
  else
    status=$(docker volume ls --cluster | awk '$1 == "v" { print $(NF - 1), $NF }')
    echo "$version: $status, driver not called, $(grep -o -m 1 'does not implement PluginAddr' "$log")"
  fi
  docker swarm leave --force >/dev/null
  docker plugin disable --force demo >/dev/null
  stop
}

output=$(with "$folder/old/unpacked/usr/sbin/dockerd" old; with "$folder/new/unpacked/usr/sbin/dockerd" new)
printf '%s\n' "$output"
expected='26\.1\.5: pending creation, driver not called, does not implement PluginAddr
28\.[0-9.]*: driver called by gRPC'
if [[ ! $output =~ ^$expected$ ]]; then
  echo "swarm-csi-plugin-address: it behaves otherwise now" >&2
  exit 1
fi
