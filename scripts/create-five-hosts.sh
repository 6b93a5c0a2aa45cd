#!/usr/bin/env bash
# Creates Docker hosts on Nutanix AHV in parallel with docker-machine. Runs anywhere with bash 3.2 or later.
# Run it again after a failure or Ctrl-C: finished hosts stay, half-made ones are removed and made again.
set -euo pipefail

usage() {
  cat <<'END'
Usage: create-five-hosts.sh [options] [-- options of `docker-machine create`]

  --count N         how many hosts (default 5)
  --prefix TEXT     the hosts are called TEXT-1 ... TEXT-N (default docker)
  --parallel N      how many at a time (default: all)
  --network NAME    subnet, by name or UUID; repeat for several NICs (default: NUTANIX_VM_NETWORK)
  --logs FOLDER     one log file per host (default: create-hosts/ in docker-machine's store)
  --help            this text

Prism Central and the size of the hosts come from the environment (see the flags of
`docker-machine create -d nutanix --help`), for instance:

  export NUTANIX_ENDPOINT=prism.example.net NUTANIX_USERNAME=admin NUTANIX_PASSWORD=...
  export NUTANIX_CLUSTER=cluster-1 NUTANIX_VM_IMAGE=debian-12 NUTANIX_VM_NETWORK=vlan-20
  create-five-hosts.sh --prefix web -- --nutanix-vm-mem 4096 --engine-label tier=web

DOCKER_MACHINE names another client (default docker-machine); docker-machine-driver-nutanix has to be on
the PATH. Exit status: 0 all hosts are there, 1 some failed, 2 bad options, 130 interrupted.
END
}

die() { echo "create-five-hosts: $*" >&2; exit 2; }

count=5 prefix=docker parallel='' logs='' networks=() create_options=()

while (($# > 0)); do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --) shift; create_options=("$@"); break ;;
    --count | --prefix | --parallel | --network | --logs)
      if (($# < 2)); then die "$1 needs a value"; fi
      case $1 in
        --count) count=$2 ;;
        --prefix) prefix=$2 ;;
        --parallel) parallel=$2 ;;
        --network) networks+=("$2") ;;
        --logs) logs=$2 ;;
      esac
      shift 2 ;;
    *) die "unknown option $1 (see --help)" ;;
  esac
done

for number in "$count" "${parallel:=$count}"; do
  [[ $number =~ ^[1-9][0-9]{0,3}$ ]] || die "--count and --parallel take a number from 1 on, not '$number'"
done
[[ $prefix =~ ^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$ ]] ||
  die "--prefix '$prefix' has to be letters, digits and inner hyphens: it becomes a host name"

machine=${DOCKER_MACHINE:-docker-machine}
store=${MACHINE_STORAGE_PATH:-$HOME/.docker/machine}
logs=${logs:-$store/create-hosts}
command -v "$machine" >/dev/null || die "$machine is not on the PATH (DOCKER_MACHINE names another client)"

if ((${#networks[@]} == 0)) && [[ -n ${NUTANIX_VM_NETWORK:-} ]]; then
  IFS=, read -r -a networks <<<"$NUTANIX_VM_NETWORK"
fi
network_options=()
for network in ${networks[@]+"${networks[@]}"}; do network_options+=(--nutanix-vm-network "$network"); done

# docker-machine sends the log of a failed create to an outside service unless told not to.
export MACHINE_BUGSNAG_API_TOKEN=${MACHINE_BUGSNAG_API_TOKEN:-no-report}

mkdir -p "$logs"
rm -f "$logs"/"$prefix"-*.result

# A file per host: NAME.log, NAME.unfinished (from the start of a create until its success), NAME.result.
create_host() {
  local name=$1
  if [[ -d $store/machines/$name ]]; then
    if [[ ! -e $logs/$name.unfinished ]]; then
      echo "exists already, left as it is"
      return 0
    fi
    echo "half made by an earlier run: removing it first"
    # Without --force: a VM that cannot be removed must not be forgotten.
    "$machine" rm -y "$name" || return 1
  fi
  : >"$logs/$name.unfinished"
  "$machine" create -d nutanix ${network_options[@]+"${network_options[@]}"} \
    ${create_options[@]+"${create_options[@]}"} "$name" || return 1
  rm -f "$logs/$name.unfinished"
}

# Reads a host's output; survives Ctrl-C so that the last words are seen.
show_and_keep() {
  trap '' INT TERM
  local name=$1 line
  while IFS= read -r line || [[ -n $line ]]; do
    printf '%s\n' "$line" >>"$logs/$name.log"
    printf '[%s] %s\n' "$name" "${line#"($name) "}"
  done
}

run_host() {
  trap : INT TERM # so that the result is written after an interrupt too
  local name=$1 started=$SECONDS
  printf -- '--- %s\n' "$(date)" >>"$logs/$name.log"
  if create_host "$name" </dev/null 2>&1 | show_and_keep "$name"; then
    echo "ok $((SECONDS - started))" >"$logs/$name.result"
  else
    echo "failed $((SECONDS - started))" >"$logs/$name.result"
  fi
}

# Each host is a process group of its own (set -m), so that an interrupt reaches docker-machine and its
# plugin alike: the plugin then removes what it has made so far. A second interrupt ends everything at once.
groups=()
interrupted=0
stop() {
  local signal=INT group
  interrupted=$((interrupted + 1))
  if ((interrupted > 1)); then signal=KILL; fi
  echo "create-five-hosts: stopping; what is half made is being removed" >&2
  for group in ${groups[@]+"${groups[@]}"}; do kill -s "$signal" -- "-$group" 2>/dev/null || true; done
}
trap stop INT TERM

# A signal to this script ends a sleep early, which only means another look.
wait_until_fewer_than() { while (($(jobs -rp | wc -l) >= $1)); do sleep 0.2 || true; done; }

# A plugin outlives an interrupted docker-machine while it cleans up: it is given a minute.
wait_for_cleanup() {
  local group deadline=$((SECONDS + 60))
  for group in ${groups[@]+"${groups[@]}"}; do
    while ((SECONDS < deadline)) && ps -A -o pgid=,stat= | awk -v g="$group" '$1 == g && $2 !~ /^Z/ { n++ } END { exit !n }'; do
      sleep 0.2 || true
    done
  done
}

# docker-machine makes its certificates at the first create; several first creates would overwrite each
# other's. A machine of the driver `none` makes them and nothing else.
if [[ ! -e $store/certs/cert.pem ]]; then
  echo "making docker-machine's certificates in $store/certs"
  if ! { "$machine" create -d none --url tcp://127.0.0.1:2376 "$prefix-certificates" &&
    "$machine" rm -y "$prefix-certificates"; } >"$logs/certificates.log" 2>&1; then
    cat "$logs/certificates.log" >&2
    exit 1
  fi
fi

names=()
for ((i = 1; i <= count; i++)); do names+=("$prefix-$i"); done

set -m
for name in "${names[@]}"; do
  wait_until_fewer_than "$parallel"
  if ((interrupted > 0)); then break; fi
  run_host "$name" &
  groups+=("$!")
done
wait_until_fewer_than 1
set +m
if ((interrupted > 0)); then wait_for_cleanup; fi

failed=0
echo
for name in "${names[@]}"; do
  result='not started' seconds=''
  if [[ -e $logs/$name.result ]]; then read -r result seconds <"$logs/$name.result"; fi
  if [[ $result != ok ]]; then failed=$((failed + 1)); fi
  printf '%-20s %-12s %5s  %s\n' "$name" "$result" "${seconds:+${seconds}s}" "$logs/$name.log"
done

if ((interrupted > 0)); then exit 130; fi
if ((failed > 0)); then
  echo "create-five-hosts: $failed of $count failed; the reasons are in the logs. Run it again to make only these." >&2
  exit 1
fi
