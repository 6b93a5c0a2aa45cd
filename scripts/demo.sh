#!/usr/bin/env bash
# The whole product in two minutes, without a Nutanix cluster: starts the simulator, has the real docker-machine
# make five Docker hosts on it in parallel, uses them and removes them. Everything it writes is in one temporary
# folder, which is gone at the end; nothing needs root.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d "${TMPDIR:-/tmp}/nutanix-demo.XXXXXX")
export MACHINE_STORAGE_PATH=$work/store
export PATH="$PWD/dist:$PWD/.tools:$PATH"
began=$SECONDS
simulator=

if [[ -t 1 ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

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

now() { date +%s%N; }

# step TITLE COMMAND...: shows the command line, runs it, shows how long it took.
step() {
  local title=$1 started
  shift
  printf '\n%s%s%s\n%s$ %s%s\n' "$bold" "$title" "$plain" "$dim" "$*" "$plain"
  started=$(now)
  "$@"
  printf '%s(%d.%02d s)%s\n' "$dim" $((($(now) - started) / 1000000000)) \
    $((($(now) - started) / 10000000 % 100)) "$plain"
}

must_be() { # must_be WHAT EXPECTED ACTUAL
  [[ $2 == "$3" ]] || { echo "demo: $1: expected $2, got $3" >&2; exit 1; }
}

start_simulator() {
  local ssh_port=22
  if ((EUID != 0)); then ssh_port=2222; fi # ports below 1024 are root's
  set -m # a process group of its own: Ctrl-C must not end it before the plugins have cleaned up
  # Guests listen on the subnet's addresses: another one each time, beside what else may run here.
  local subnet=127.$((RANDOM % 100 + 100)).$((RANDOM % 256)).0/24
  prism-simulator --port 0 --ssh-port "$ssh_port" --subnet "$subnet" --env-file "$work/env" >"$work/simulator.log" 2>&1 &
  simulator=$!
  set +m
  for _ in {1..100}; do
    if [[ -s $work/env ]]; then break; fi
    kill -0 "$simulator" 2>/dev/null || return 1
    sleep 0.1
  done
  set -a
  # shellcheck disable=SC1091
  source "$work/env"
  set +a
  echo "Prism Central at $NUTANIX_ENDPOINT:$NUTANIX_PORT"
}

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

engine_version() {
  local options
  if command -v docker >/dev/null; then
    options=$("$DOCKER_MACHINE" config demo-1)
    # The options are quoted for a shell.
    eval "docker $options version --format 'client {{.Client.Version}}, engine {{.Server.Version}}'"
  else
    local url=${1/tcp:/https:} certificates=$MACHINE_STORAGE_PATH/machines/demo-1
    curl -fsS --cacert "$certificates/ca.pem" --cert "$certificates/cert.pem" --key "$certificates/key.pem" "$url/version"
    echo
  fi
}

simulator_vms() { # the VMs that the simulator still has
  curl -fsSk "https://$NUTANIX_ENDPOINT:$NUTANIX_PORT/simulator/state" | grep -o '"vms":\[[^]]*\]'
}

choose_client
names=(demo-1 demo-2 demo-3 demo-4 demo-5)
echo "${bold}docker-machine-driver-nutanix: five Docker hosts on a simulated Nutanix cluster${plain}"
step "The client" "$DOCKER_MACHINE" --version
step "A Prism Central to talk to" start_simulator
step "Five hosts in parallel" scripts/create-five-hosts.sh --prefix demo
step "What docker-machine knows" "$DOCKER_MACHINE" ls
must_be "hosts that run" 5 "$("$DOCKER_MACHINE" ls --filter state=Running -q | wc -l)"
step "One engine answers" engine_version "$("$DOCKER_MACHINE" url demo-1)"
step "A command on a host" "$DOCKER_MACHINE" ssh demo-2 uname -a
step "Stop one" "$DOCKER_MACHINE" stop demo-3
must_be "state of demo-3" Stopped "$("$DOCKER_MACHINE" status demo-3)"
step "Start it again" "$DOCKER_MACHINE" start demo-3
step "All of them" "$DOCKER_MACHINE" ls
step "Remove all" "$DOCKER_MACHINE" rm -y "${names[@]}"
step "Nothing is left" "$DOCKER_MACHINE" ls
must_be "machines left" 0 "$("$DOCKER_MACHINE" ls -q | wc -l)"
step "And the simulator holds no VM" simulator_vms
must_be "VMs left" '"vms":[]' "$(simulator_vms)"
printf '\n%sDone in %d s.%s\n' "$bold" $((SECONDS - began)) "$plain"
