#!/usr/bin/env bash
# docker.io 20.10.24 (and 26.1.5): a swarm does not see a volume plugin that listens on a node until that node's engine was
# asked for volumes once after its start.
#
# Behaviour:  a plugin with a socket in /run/docker/plugins is loaded on first use, and the description of a node that
#             managers get names loaded plugins only. A task whose mount names the driver is then refused by the scheduler;
#             it never reaches the node, where it would have been the first use. `docker volume ls` on the node mends it.
# Output:     plugin listens: no suitable node (missing plugin on 1 node)
#             after `docker volume ls` on the node: the task runs
# One expects a node whose plugin listens to get the tasks that need it, as `docker run` there finds it by itself.
# It hurts:   services with volumes of plugins that are installed as programs: after each restart of an engine its node gets
#             none of them, and with them goes the failover.
# Here:       `nutanix-volume announce` asks at each start of the engine: test/volume-commands, and `make report`.
#
# Needs root: it runs an engine of its own. Exit code: 0 while the engine does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
[[ $(id -u) == 0 ]] || exit 2
if [[ ${1:-} != inside ]]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  self=$(realpath "$0")
  cd "$folder"
  apt-get download -qq 'docker.io=20.10.24*' containerd runc busybox-static 2>/dev/null || exit 2
  for package in *.deb; do dpkg -x "$package" unpacked; done
  status=0
  unshare --mount --net --propagation private bash "$self" inside "$folder" || status=$?
  exit "$status"
fi

folder=$2
engine='' plugin=''
clean_up() {
  if [[ -n $engine ]] && kill "$engine" 2>/dev/null; then wait "$engine" 2>/dev/null || true; fi
  if [[ -n $plugin ]]; then kill "$plugin" 2>/dev/null || true; fi
}
trap clean_up EXIT
cd "$folder"
export PATH=$folder/unpacked/usr/sbin:$folder/unpacked/usr/bin:$PATH
ip link set lo up
mkdir -p /run/docker run
mount -t tmpfs none /run/docker # a folder for sockets that nothing else sees
mkdir -p /run/docker/plugins volume

cat >plugin.py <<'PY'
import http.server, json, os, socketserver, sys
folder = sys.argv[1]
answers = {
    '/Plugin.Activate': {'Implements': ['VolumeDriver']},
    '/VolumeDriver.Capabilities': {'Capabilities': {'Scope': 'global'}},
    '/VolumeDriver.List': {'Volumes': []},
    '/VolumeDriver.Get': {'Volume': {'Name': 'v', 'Mountpoint': folder}},
    '/VolumeDriver.Path': {'Mountpoint': folder},
    '/VolumeDriver.Mount': {'Mountpoint': folder},
}
class Plugin(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        body = json.dumps(answers.get(self.path, {})).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def address_string(self):
        return ''
    def log_message(self, *_):
        pass
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
Server('/run/docker/plugins/demo.sock', Plugin).serve_forever()
PY
python3 plugin.py "$folder/volume" &
plugin=$!

export DOCKER_HOST=unix://$folder/run/docker.sock
dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/run/pid" \
  --bridge none --iptables=false >"$folder/log" 2>&1 &
engine=$!
wait_for() { # wait_for SECONDS COMMAND...: repeats it until it succeeds
  local limit=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do ((SECONDS < limit)) || return 1; sleep 1; done
}
wait_for 60 docker version || exit 2
mkdir image && cp unpacked/bin/busybox image/
tar -C image -cf - . | docker import - demo:1 >/dev/null
docker swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1 >/dev/null
docker service create --detach --quiet --name demo --mount type=volume,src=v,dst=/d,volume-driver=demo demo:1 /busybox sleep 600 >/dev/null 2>&1
problem() { docker service ps --no-trunc --format '{{.Error}}' demo | grep -o 'no suitable node.*' | tr -d '"'; }
runs() { [[ $(docker service ps --format '{{.CurrentState}}' demo) == *Running* ]]; }
wait_for 60 problem || true
first=$(problem || echo 'the task is given to the node')
docker volume ls >/dev/null
if wait_for 90 runs; then second='the task runs'; else second='the task does not run'; fi
output="plugin listens: $first
after \`docker volume ls\` on the node: $second"
printf '%s\n' "$output"
expected="plugin listens: no suitable node (missing plugin on 1 node)
after \`docker volume ls\` on the node: the task runs"
if [[ $output != "$expected" ]]; then
  echo "swarm-unknown-volume-plugin: it behaves otherwise now" >&2
  exit 1
fi
