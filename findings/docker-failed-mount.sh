#!/usr/bin/env bash
# docker.io 20.10.24 (and 26.1.5, 28.5.2): a container whose volume cannot be mounted when the engine starts stays down for
# ever, whatever its restart policy.
#
# Behaviour:  with `--restart always` or `unless-stopped` an engine starts a container once at its own start. When the volume
#             plugin refuses the mount then, that is logged once, the container is `exited` with the refusal as its error and a
#             restart count of 0, and it is never tried again. The policy counts for ends of processes, not for failed starts.
# Output:     the plugin refuses, the engine starts: exited, 0 restarts, error while mounting volume '': VolumeDriver.Mount: away
#             20 s after the plugin would mount again: exited, mounts asked for 1
#             `docker start`: running
# One expects `always` to mean that it is tried again with growing pauses, as it is with a process that ends at once.
# It hurts:   databases of all hosts after a power failure: storage and its management come up later than the hosts do, and each
#             container has to be started by hand.
# Here:       `nutanix-volume start-containers` goes with each start of the engine: test/volume-commands/setup/left-containers.test.ts,
#             test/e2e/volumes/docker-protocol.test.ts.
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
stop() {
  if [[ -n $engine ]] && kill "$engine" 2>/dev/null; then wait "$engine" 2>/dev/null || true; fi
  engine=''
}
clean_up() {
  docker rm -f db >/dev/null 2>&1 || true
  stop
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
import http.server, json, os, socketserver
folder = os.getcwd()
answers = {
    '/Plugin.Activate': {'Implements': ['VolumeDriver']},
    '/VolumeDriver.Capabilities': {'Capabilities': {'Scope': 'global'}},
    '/VolumeDriver.List': {'Volumes': []},
    '/VolumeDriver.Get': {'Volume': {'Name': 'v'}},
    '/VolumeDriver.Mount': {'Mountpoint': folder + '/volume'},
}
class Plugin(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        answer, status = answers.get(self.path, {}), 200
        if self.path == '/VolumeDriver.Mount':
            with open(folder + '/asked', 'a') as asked: asked.write('mount\n')
            if os.path.exists(folder + '/away'): answer, status = {'Err': 'away'}, 500
        body = json.dumps(answer).encode()
        self.send_response(status)
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
python3 plugin.py &
plugin=$!

export DOCKER_HOST=unix://$folder/run/docker.sock
start() {
  dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/run/pid" \
    --bridge none --iptables=false --storage-driver vfs >>"$folder/log" 2>&1 &
  engine=$!
  local limit=$((SECONDS + 60))
  until docker version >/dev/null 2>&1; do ((SECONDS < limit)) || exit 2; sleep 0.2; done
}
start
mkdir image && cp unpacked/bin/busybox image/
tar -C image -cf - . | docker import - demo:1 >/dev/null
docker run -d --net none --name db --restart always --volume-driver demo -v v:/x demo:1 /busybox sleep 600 >/dev/null
said() { docker inspect -f "$1" db; }
# The host goes down and comes up: the engine ends its containers, and starts them at its next start.
stop
: >away
: >asked
start
output="the plugin refuses, the engine starts: $(said '{{.State.Status}}, {{.RestartCount}} restarts, {{.State.Error}}')"
rm away
sleep 20
output="$output
20 s after the plugin would mount again: $(said '{{.State.Status}}'), mounts asked for $(wc -l <asked)"
docker start db >/dev/null
output="$output
\`docker start\`: $(said '{{.State.Status}}')"
printf '%s\n' "$output"
expected="the plugin refuses, the engine starts: exited, 0 restarts, error while mounting volume '': VolumeDriver.Mount: away
20 s after the plugin would mount again: exited, mounts asked for 1
\`docker start\`: running"
if [[ $output != "$expected" ]]; then
  echo "docker-failed-mount: it behaves otherwise now" >&2
  exit 1
fi
