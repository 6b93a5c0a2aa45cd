#!/usr/bin/env bash
# docker.io 20.10.24: an engine that is given no driver for a volume takes a volume plugin that does not answer for one that
# does not have it, and starts the container on a new, empty volume of its own.
#
# Behaviour:  for a name that it has never heard, `docker run -v NAME:/x` asks each plugin that it knows; an error and a
#             connection that is closed unanswered both count as "no such volume", and the engine makes a local one, for good.
#             With `--volume-driver` the same silence ends the command.
# Output:     driver not named: the container runs, on a volume of driver local
#             driver named: no container, and no volume
# One expects a command that cannot find out whether a volume exists to fail, as it does for a name that the engine knows.
# It hurts:   databases in stacks whose volume is `external: true` without a driver: when the service moves to a new node while
#             the storage is away, it starts with no data, writes there, and the name stays local on that node afterwards.
# Here:       docs/volumes.md says to name the driver; examples/wordpress.stack.yaml does;
#             test/e2e/volumes/docker-protocol.test.ts has what the plugin can do.
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
mkdir -p /run/docker/plugins

cat >plugin.py <<'PY'
import http.server, json, socketserver
answers = {
    '/Plugin.Activate': {'Implements': ['VolumeDriver']},
    '/VolumeDriver.Capabilities': {'Capabilities': {'Scope': 'global'}},
    '/VolumeDriver.List': {'Volumes': []},
}
class Plugin(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        self.close_connection = True
        if self.path not in answers: return  # its storage is away: it does not know, and says nothing
        body = json.dumps(answers[self.path]).encode()
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
python3 plugin.py &
plugin=$!

export DOCKER_HOST=unix://$folder/run/docker.sock
dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/run/pid" \
  --bridge none --iptables=false --storage-driver vfs >"$folder/log" 2>&1 &
engine=$!
limit=$((SECONDS + 60))
until docker version >/dev/null 2>&1; do ((SECONDS < limit)) || exit 2; sleep 1; done
mkdir image && cp unpacked/bin/busybox image/
tar -C image -cf - . | docker import - demo:1 >/dev/null
docker volume ls >/dev/null # from now on the engine knows the plugin

said() { # said NAME OPTION...: what becomes of a container with this volume
  local name=$1 how='no container' volume
  shift
  if docker run --rm "$@" -v "$name:/x" demo:1 /busybox true 2>/dev/null; then how='the container runs'; fi
  local driver
  driver=$(docker volume ls --filter "name=^$name\$" --format '{{.Driver}}')
  if [[ -n $driver ]]; then volume="on a volume of driver $driver"; else volume='and no volume'; fi
  echo "$how, $volume"
}
said db2 --volume-driver demo >second &
second=$!
output="driver not named: $(said db1)"
wait "$second"
output="$output
driver named: $(<second)"
printf '%s\n' "$output"
expected="driver not named: the container runs, on a volume of driver local
driver named: no container, and no volume"
if [[ $output != "$expected" ]]; then
  echo "docker-unnamed-driver: it behaves otherwise now" >&2
  exit 1
fi
