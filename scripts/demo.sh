#!/usr/bin/env bash
# The whole product in half a minute, without a Nutanix cluster: see usage below. `make demo` makes what is missing
# (demo-ready.sh) and runs it. Everything it writes is in one temporary folder, which is gone at the end, and so are its
# processes, whenever it is interrupted; nothing needs root.
# shellcheck disable=SC2016,SC2034 # A step's command line is shown as it stands, and expanded when it is run.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/steps.sh
source scripts/steps.sh
# shellcheck source=scripts/demo-client.sh
source scripts/demo-client.sh

usage() {
  cat <<'END'
Usage: demo.sh [--keep] [--help]

Starts the Prism Central simulator, makes five Docker hosts on it in parallel from examples/five-hosts.yaml, lists
them, runs a command on one, deletes the VM of another behind their back and heals it, and removes everything.

  --keep    before everything is removed, wait for Ctrl-C, to look at the simulator's page (also KEEP=1)
  --help    this text

docker-machine is what DOCKER_MACHINE names, else the one on the PATH, else that of `make demo` in .tools/.
END
}

keep=${KEEP:-}
for option in "$@"; do
  case $option in
    --help | -h) usage; exit 0 ;;
    --keep) keep=1 ;;
    *) echo "demo: unknown option $option (see --help)" >&2; exit 2 ;;
  esac
done

work=$(mktemp -d "${TMPDIR:-/tmp}/nutanix-demo.XXXXXX")
export MACHINE_STORAGE_PATH=$work/store
# docker-machine sends the log of a failed create to an outside service unless told not to.
export MACHINE_BUGSNAG_API_TOKEN=no-report
export PATH="$PWD/dist:$PATH"
began=$SECONDS
simulator=

# Ids of the processes that this script has started and that are still there, without the simulator: a variable that only
# they have tells.
export DEMO_FOLDER=$work
left_processes() (
  unset DEMO_FOLDER # or what is started here would be found as well
  [[ -d /proc/self ]] || exit 0
  { grep -lszxF -- "DEMO_FOLDER=$work" /proc/[0-9]*/environ || true; } | sed 's#[^0-9]##g' | grep -vx "${simulator:-none}" || true
)

# A plugin that was interrupted removes what it has made, for which it needs the simulator.
end_processes() {
  local process left limit=$((SECONDS + 15))
  while left=$(left_processes) && [[ -n $left ]] && ((SECONDS < limit)); do
    for process in $left; do kill "$process" 2>/dev/null || true; done
    sleep 0.2
  done
  for process in $left; do kill -KILL "$process" 2>/dev/null || true; done
  if [[ -n $simulator ]]; then
    kill "$simulator" 2>/dev/null || true
    wait "$simulator" 2>/dev/null || true
  fi
}

clean_up() { # clean_up STATUS
  end_processes
  if (($1 != 0 && $1 < 128)) && [[ -f $work/simulator.log ]]; then
    echo
    echo "demo: failed with status $1; the simulator said:" >&2
    grep -v PASSWORD "$work/simulator.log" | tail -n 20 >&2
  fi
  rm -rf "$work"
}
ends_with clean_up

# In the command lines below `docker-machine` is whatever DOCKER_MACHINE names.
docker-machine() { command "$DOCKER_MACHINE" "$@"; }

echo "${bold}docker-machine-driver-nutanix: five Docker hosts on a simulated Nutanix cluster${plain}"
choose_client
step "The client" "docker-machine --version"

# Guests listen on the subnet's addresses: another one each time, beside what else may run here. A port is taken there when
# a server has it on all addresses, as the SSH server of many machines has 22.
network=127.$((RANDOM % 100 + 100)).$((RANDOM % 256))
subnet=$network.0/24
is_taken() { (exec 3<>"/dev/tcp/$network.10/$1") 2>/dev/null; }
if is_taken 2376; then
  echo "demo: a server on this computer has port 2376 on all addresses (ss -ltn), which the Docker of each guest needs" >&2
  exit 1
fi
ssh_port=22
if ((EUID != 0)) || is_taken 22; then ssh_port=2222; fi # ports below 1024 are root's
while ((ssh_port != 22 && ssh_port < 2322)) && is_taken "$ssh_port"; do ((ssh_port += 1)); done
set -m # a process group of its own: Ctrl-C must not end it before the plugins have cleaned up
step "A Prism Central to talk to" \
  "prism-simulator --port 0 --ssh-port $ssh_port --subnet $subnet --environment-file \$work/env >\$work/simulator.log 2>&1 &"
simulator=$!
set +m
wait_for_simulator "$simulator" "$work/env"
step "What it says to export" "grep -v PASSWORD \$work/env; source \$work/env"
prism=https://$NUTANIX_ENDPOINT:$NUTANIX_PORT
(umask 077 && echo "machine $NUTANIX_ENDPOINT login $NUTANIX_USERNAME password $NUTANIX_PASSWORD" >"$work/netrc")

step "Five hosts in parallel, from a file" "nutanix-hosts apply -f examples/five-hosts.yaml"
step "What docker-machine knows" "docker-machine ls"
must_be "hosts that run" 5 "$(docker-machine ls --filter state=Running -q | wc -l)"
step "A command on one" "docker-machine ssh agent-1 uname -a"

vm=$(docker-machine inspect --format '{{.Driver.VMId}}' agent-2)
step "Behind their back: somebody deletes the VM of agent-2" \
  'curl -fsSk --netrc-file "$work/netrc" -X DELETE "$prism/api/nutanix/v3/vms/$vm" -o "$work/deleted"'
vm_is_gone() { [[ $(simulator_has vms) != *"$vm"* ]]; }
until_so 30 "the VM of agent-2 is deleted" vm_is_gone
step "It is missed" "nutanix-hosts plan -f examples/five-hosts.yaml"
step "Healed: only that host is made again" "nutanix-hosts apply -f examples/five-hosts.yaml"
must_be "hosts that run" 5 "$(docker-machine ls --filter state=Running -q | wc -l)"

step "The simulator's page: $prism/" 'curl -fsSk "$prism/" | grep -i "<title>"'
if [[ -n $keep ]]; then
  trap 'keep=' INT
  echo
  echo "demo: everything stays until Ctrl-C. Hosts and the page can be used; in another terminal:"
  echo "  export MACHINE_STORAGE_PATH=$MACHINE_STORAGE_PATH PATH=\"$PWD/dist:\$PATH\"; source $work/env"
  while [[ -n $keep ]] && kill -0 "$simulator" 2>/dev/null; do sleep 0.5 || true; done
  trap 'end_with clean_up 130' INT
else
  echo "(make demo KEEP=1 keeps it all until Ctrl-C, to look at it in a browser)"
fi

step "Everything is removed" "nutanix-hosts destroy -f examples/five-hosts.yaml --yes"
step "No machine is left" "docker-machine ls"
must_be "machines left" 0 "$(docker-machine ls -q | wc -l)"
step "And no VM" 'curl -fsSk "$prism/simulator/state" | grep -o "\"vms\":[^]]*]"'
must_be "VMs left" '"vms":[]' "$(simulator_has vms)"
step "The simulator ends" 'kill $simulator; wait $simulator'
simulator=
must_be "processes left" '' "$(left_processes)"
rm -rf "$work"
printf '\n%sDone in %d s; no VM, machine, process or file is left.%s\n' "$bold" $((SECONDS - began)) "$plain"
