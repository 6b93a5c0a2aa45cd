#!/usr/bin/env bash
# ntnx-vmm-py-client 4.3.2 (PyPI, Nutanix's SDK for Prism v4) never negotiates a version again after a 404, and when it
# cannot negotiate it prints a failure of Python's logging in place of the reason.
#
# Behaviour:  the first call asks the server for its version. A later 404 is to clear what was learned, says a comment
#             in api_client.py, but the function that is called before raises for every status above 299 but 401, so
#             those lines never run: the version stays for the life of the program. When the question itself fails, the
#             reason is logged with `logger.error(text, e)`, a text without a place for `e`, so that logging prints a
#             stack trace and a TypeError to stderr, once per call.
# Output:     see `expected` below: what the server was asked, and what stderr begins with.
# One expects that a client that met a server which lost its version asks again, and that an error says why.
# It hurts:   programs that run for long: a Prism Central that is rolled back or fails over to an older one answers each
#             call with 404 until the program is started anew. And everyone whose account may not ask for the version.
# Here:       our own client takes the next older version after a 404 that has no v4 body: src/prism/v4/api.ts.
#
# The server is a few lines of Python on loopback. Wants Python 3.10 or newer with venv. Exit code: 0 while the SDK does
# this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv sdk || exit 2
sdk/bin/python -m pip install --quiet --disable-pip-version-check ntnx-vmm-py-client==4.3.2 || exit 2

cat >negotiate.py <<'PROGRAM'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import ntnx_vmm_py_client as vmm

asked = []
served = [sys.argv[1]]


class Prism(BaseHTTPRequestHandler):
    def answer(self):
        asked.append(f"{self.command} {self.path.split('?')[0]}")
        body, status = {"message": "not found"}, 404
        if self.command == "OPTIONS" and served[0] != "none":
            body, status = {"data": served[0]}, 200
        elif f"/{served[0]}/" in self.path:
            body, status = {"metadata": {}, "$objectType": "vmm.v4.ahv.config.ListVmsApiResponse"}, 200
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_OPTIONS = answer

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Prism)
threading.Thread(target=server.serve_forever, daemon=True).start()
configuration = vmm.Configuration()
configuration.scheme, configuration.host, configuration.port = "http", "127.0.0.1", server.server_port
configuration.username, configuration.password = "admin", "secret"
api = vmm.VmApi(api_client=vmm.ApiClient(configuration=configuration))
for version in sys.argv[1:]:
    served[0] = version
    try:
        api.list_vms()
    except vmm.rest.ApiException as error:
        asked.append(f"the call ends with {error.status}")
print("\n".join(asked))
PROGRAM

expected='Rolled back from v4.3 to v4.2, then two calls:
OPTIONS /api/vmm/unversioned/info
GET /api/vmm/v4.3/ahv/config/vms
GET /api/vmm/v4.3/ahv/config/vms
the call ends with 404
GET /api/vmm/v4.3/ahv/config/vms
the call ends with 404
Started anew:
OPTIONS /api/vmm/unversioned/info
GET /api/vmm/v4.2/ahv/config/vms
A server that does not answer the question, on stderr:
--- Logging error ---
TypeError: not all arguments converted during string formatting'
seen=$(
  echo 'Rolled back from v4.3 to v4.2, then two calls:'
  sdk/bin/python negotiate.py v4.3 v4.2 v4.2 2>/dev/null
  echo 'Started anew:'
  sdk/bin/python negotiate.py v4.2 2>/dev/null
  echo 'A server that does not answer the question, on stderr:'
  sdk/bin/python negotiate.py none 2>&1 >/dev/null | grep -E '^(--- Logging error|TypeError)'
)
echo "$seen"
if [[ $seen != "$expected" ]]; then
  printf 'ntnx-python-negotiation: it behaves otherwise now; it was:\n%s\n' "$expected" >&2
  exit 1
fi
