#!/usr/bin/env bash
# rancher-machine v0.15.0-rancher134 (Go): `rm` succeeds without the driver's plugin.
#
# Behaviour:  `rm` takes every error with the words "not found" for "there is no such VM". When the plugin's binary
#             is not in PATH, the error is `Driver "nutanix" not found. Do you have the plugin binary accessible in
#             your PATH?`, so `rm` says "Successfully removed", exits 0 and forgets the machine, whose VM lives on.
# Output:     About to remove host-1 … Successfully removed host-1; exit code 0, the machine is not in the store
# One expects an error, and a machine that is still in the store, as from docker-machine.
# It hurts:   operators of hosts with any driver that is not built in: a cron job or a CI job with a shorter PATH
#             removes machines, and their VMs run on and are paid for, unknown to the store.
# Here:       a plugin that is not there cannot help, but `nutanix-hosts orphans` finds such VMs by their tag:
#             test/e2e/fleet-orphans.test.ts, "a machine that the store lost is one; the same name without our
#             marks is none". The driver's own errors are kept apart: test/libmachine/observation.test.ts, `"not found"
#             is said of the VM only`.
#
# Wants Go; the build takes minutes the first time.
# Exit code: 0 while rancher-machine does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
go mod init finding 2>/dev/null
# The replacement is that of rancher-machine's own go.mod, which counts only in the main module.
go mod edit -require github.com/rancher/machine@v0.15.0-rancher134 \
  -replace github.com/urfave/cli=github.com/urfave/cli@v1.11.1-0.20151120215642-0302d3914d2a
CGO_ENABLED=0 go build -mod=mod -trimpath -buildvcs=false -ldflags '-s -w' \
  -o rancher-machine github.com/rancher/machine/cmd/rancher-machine 2>build.log || { cat build.log >&2; exit 2; }

machine() { PATH=$folder ./rancher-machine -s "$folder/store" "$@"; }
machine create -d none --url tcp://127.0.0.1:1 host-1 >/dev/null 2>&1
# The machine is from now on one of a driver whose plugin is not installed.
config=store/machines/host-1/config.json
sed -i 's/"DriverName": "none"/"DriverName": "nutanix"/' "$config"
grep -q '"DriverName": "nutanix"' "$config"

code=0
machine rm -y host-1 2>&1 || code=$?
left=$(ls store/machines)
echo "exit code $code; machines in the store: ${left:-none}"
if [[ $code != 0 || -n $left ]]; then
  echo "rancher-machine-rm-without-plugin: it behaves otherwise now: it exited 0 and forgot the machine" >&2
  exit 1
fi
