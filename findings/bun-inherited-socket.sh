#!/usr/bin/env bash
# Bun 1.4.5: an HTTP server of node:http that is told to listen on an inherited descriptor opens a TCP port instead.
#
# Behaviour:  http.createServer().listen({ fd: 3 }) emits `listening` without an error, but its address is a random port
#             of all interfaces, and the socket at descriptor 3 is never accepted from. net.createServer() takes it.
# Output:     http: a TCP port
#             net: the inherited socket
# One expects the inherited socket, as Node has it, or an error.
# It hurts:   services that systemd starts by a socket unit and that are bundled with Bun: their clients wait for ever, and
#             the log says that all is well.
# Here:       src/docker-plugin accepts with node:net and hands connections to the HTTP server: test/docker-plugin.
#
# Exit code: 0 while the program does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bun@1.4.5 || exit 2

cat >serve.js <<'JS'
const kind = process.argv[2];
const { createServer } = require(`node:${kind}`);
const server = createServer();
server.on('error', (error) => console.log(`${kind}: ${error.code}`));
server.listen({ fd: 3 }, () => {
  const address = server.address();
  const isPort = typeof address === 'object' && address !== null && typeof address.port === 'number';
  console.log(`${kind}: ${isPort ? 'a TCP port' : 'the inherited socket'}`);
  process.exit(0);
});
JS
cat >inherit.py <<'PY'
import os, socket, subprocess, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
subprocess.run(sys.argv[2:], pass_fds=[3], timeout=60)
PY
output=$(for kind in http net; do python3 inherit.py "$kind.sock" node_modules/.bin/bun serve.js "$kind"; done)
printf '%s\n' "$output"
expected='http: a TCP port
net: the inherited socket'
if [[ $output != "$expected" ]]; then
  echo "bun-inherited-socket: it behaves otherwise now" >&2
  exit 1
fi
