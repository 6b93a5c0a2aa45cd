#!/usr/bin/env bash
# The whole product in two minutes, without a Nutanix cluster: starts the simulator, has the real docker-machine
# make five Docker hosts on it in parallel, uses them and removes them. Everything it writes is in one temporary
# folder, which is gone at the end; nothing needs root.
# shellcheck disable=SC2016,SC2034 # A step's command line is shown as it stands, and expanded when it is run.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/steps.sh
source scripts/steps.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/nutanix-demo.XXXXXX")
export MACHINE_STORAGE_PATH=$work/store
export PATH="$PWD/dist:$PWD/.tools:$PATH"
certs=$MACHINE_STORAGE_PATH/machines/demo-1 # of the host that is asked with curl
began=$SECONDS
simulator=

clean_up() {
  local status=$?
  trap - EXIT INT TERM
  if [[ -n $simulator ]] && kill "$simulator" 2>/dev/null; then wait "$simulator" 2>/dev/null || true; fi
  if ((status != 0)); then
    echo
    echo "demo: failed with status $status; the simulator said:" >&2
    tail -n 20 "$work/simulator.log" >&2 || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

choose_client() {
  export DOCKER_MACHINE=${DOCKER_MACHINE:-docker-machine}
  if command -v "$DOCKER_MACHINE" >/dev/null; then return; fi
  if [[ ${REQUIRE_REAL_CLIENT:-} == 1 ]]; then
    echo "demo: $DOCKER_MACHINE is not there, and REQUIRE_REAL_CLIENT=1 wants a real client" >&2
    return 1
  fi
  echo "demo: $DOCKER_MACHINE is not there (no Go to build it): our own small libmachine client stands in for it"
  export DOCKER_MACHINE=$PWD/test/e2e/client/machine
}

choose_client
# In the command lines below `docker-machine` is whatever DOCKER_MACHINE names.
docker-machine() { command "$DOCKER_MACHINE" "$@"; }

echo "${bold}docker-machine-driver-nutanix: five Docker hosts on a simulated Nutanix cluster${plain}"
step "The client" "docker-machine --version"

ssh_port=22
if ((EUID != 0)); then ssh_port=2222; fi # ports below 1024 are root's
# Guests listen on the subnet's addresses: another one each time, beside what else may run here.
subnet=127.$((RANDOM % 100 + 100)).$((RANDOM % 256)).0/24
set -m # a process group of its own: Ctrl-C must not end it before the plugins have cleaned up
step "A Prism Central to talk to" \
  "prism-simulator --port 0 --ssh-port $ssh_port --subnet $subnet --environment-file \$work/env >\$work/simulator.log 2>&1 &"
simulator=$!
set +m
wait_for_simulator "$simulator" "$work/env"
step "What it says to export" "grep -v PASSWORD \$work/env; source \$work/env"

step "Five hosts in parallel" "scripts/create-five-hosts.sh --prefix demo"
step "What docker-machine knows" "docker-machine ls"
must_be "hosts that run" 5 "$(docker-machine ls --filter state=Running -q | wc -l)"

if command -v docker >/dev/null; then
  step "One engine answers" 'docker $(docker-machine config demo-1) version'
else
  step "One engine answers, to its certificate's owner" 'curl -fsS --cacert "$certs/ca.pem" \
    --cert "$certs/cert.pem" --key "$certs/key.pem" "$(docker-machine url demo-1 | sed s/tcp/https/)/version"'
fi
step "A command on a host" "docker-machine ssh demo-2 uname -a"
step "Stop one" "docker-machine stop demo-3"
must_be "state of demo-3" Stopped "$(docker-machine status demo-3)"
step "Start it again" "docker-machine start demo-3"
step "All of them" "docker-machine ls"
must_be "hosts that run" 5 "$(docker-machine ls --filter state=Running -q | wc -l)"
step "Remove all" "docker-machine rm -y demo-{1..5}"
step "Nothing is left" "docker-machine ls"
must_be "machines left" 0 "$(docker-machine ls -q | wc -l)"
step "And the simulator holds no VM" 'curl -fsSk "https://$NUTANIX_ENDPOINT:$NUTANIX_PORT/simulator/state" | grep -o "\"vms\":[^]]*]"'
must_be "VMs left" '"vms":[]' "$(simulator_has vms)"
printf '\n%sDone in %d s.%s\n' "$bold" $((SECONDS - began)) "$plain"
