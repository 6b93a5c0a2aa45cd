#!/usr/bin/env bash
# Makes what `make demo` runs and is not there yet, and nothing else: docker-machine, unless there is one (see
# demo-client.sh), and beside it the packages that the programs need at run time and then the executables. At the end it
# says how long each part took. Interrupted, it leaves nothing half-made.
# shellcheck disable=SC2317 # Functions are called by a trap and by `part`.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/steps.sh
source scripts/steps.sh
# shellcheck source=scripts/demo-client.sh
source scripts/demo-client.sh

missing=()
for program in node npm ssh curl; do command -v "$program" >/dev/null || missing+=("$program"); done
if ((${#missing[@]} > 0)); then
  echo "demo: please install ${missing[*]} first (node is Node.js 20.19 or later)" >&2
  exit 1
fi

# That of Debian 12 is older.
wanted=$(node -p 'require("./package.json").engines.node.replace(">=", "")')
found=$(node -p process.versions.node)
if ! printf '%s\n' "$wanted" "$found" | sort -V -C; then
  echo "demo: $(command -v node) is Node.js $found, which is too old: $wanted or later is needed" >&2
  exit 1
fi
if [[ $(uname -s) != Linux ]]; then
  echo "demo: it needs Linux: each guest has an address of its own on loopback, which other systems do not have" >&2
  exit 1
fi

began=$(now)
mkdir -p .cache
work=$PWD/$(mktemp -d .cache/demo.XXXXXX)
export TMPDIR=$work # of Go, npm and Bun too, so that nothing of theirs stays
part_groups=()

clean_up() {
  local group
  touch "$work/interrupted"
  for group in ${part_groups[@]+"${part_groups[@]}"}; do kill -INT -- "-$group" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
ends_with clean_up

seconds_since() { # seconds_since BEGINNING
  local tenths=$((($(now) - $1) / 100000000))
  echo "$((tenths / 10)).$((tenths % 10))"
}

# part NAME COMMAND...: runs it with its output in a log that is there as long as it runs; notes when it began and ended.
part() {
  local name=$1 from
  shift
  from=$(seconds_since "$began")
  echo ... >"$work/$name.log"
  if ! "$@" >>"$work/$name.log" 2>&1; then
    echo "demo: $name could not be made:" | cat - <(tail -n +2 "$work/$name.log" | tail -n 20) >>"$work/failures"
    return 1
  fi
  printf '  %-14s %6s to %5s s  %s\n' "$name" "$from" "$(seconds_since "$began")" \
    "$(grep -o 'modules in [0-9]* s' "$work/$name.log" || true)" >>"$work/parts"
  rm "$work/$name.log"
}

newer_than_sources() { # newer_than_sources STAMP
  [[ -f $1 && -z $(find src proto package-lock.json scripts/build.sh scripts/bundle.mjs -newer "$1") ]]
}

packages_there() {
  [[ -x node_modules/.bin/bun ]] || return
  [[ node_modules/.installed -nt package-lock.json || node_modules/.package-lock.json -nt package-lock.json ]]
}

# told_from WHAT ADDRESSES: without accounts that are in them.
told_from() { printf '%s from %s\n' "$1" "$2" | sed 's#//[^/@]*@#//#g'; }

install_packages() {
  local folder=$work/packages registry
  registry=$(npm config get registry) &&
    mkdir "$folder" &&
    cp .npmrc "$folder" &&
    node scripts/demo-packages.mjs "$folder" "$registry" &&
    # Scripts of packages compile what an executable cannot have inside; Bun's puts it in its place.
    (cd "$folder" && npm_ci && node node_modules/bun/install.js || { told_from "npm gets packages" "$registry"; exit 1; }) &&
    # npm may end well although it was interrupted, and bash goes on then.
    [[ ! -e $work/interrupted ]] &&
    rm -rf node_modules &&
    mv "$folder/node_modules" node_modules
}

# Without a network npm's own waits between its tries are two minutes.
npm_ci() {
  npm_config_fetch_retries=${npm_config_fetch_retries:-4} npm_config_fetch_retry_factor=2 \
    npm_config_fetch_retry_mintimeout=1000 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
}

make_programs() {
  packages_there || part packages install_packages || return
  if newer_than_sources dist/.built || newer_than_sources dist/.demo; then return; fi
  part executables bash scripts/build.sh --executables || return
  touch dist/.demo
}

build_client() { bash scripts/build-tools.sh docker-machine || { told_from "Go gets modules" "$(go env GOPROXY)"; return 1; }; }
make_client() { part docker-machine build_client; }

# What is at work, with the last that it said: in one line that is rewritten or, without a terminal, in one when it changes.
progress=
show_progress() {
  local log name said text=''
  for log in "$work"/*.log; do
    # A part that has just ended has taken its log away.
    said=$(tail -n 1 "$log" 2>/dev/null) || continue
    name=${log##*/}
    text+="  ${name%.log}: ${said#"tools: ${name%.log}: "}"
  done
  if [[ $text == "$progress" ]]; then return; fi
  progress=$text
  if [[ -t 1 ]]; then printf '\r\e[K%s' "${text:0:$((${COLUMNS:-80} - 1))}"; elif [[ -n $text ]]; then echo "$text"; fi
}

# Each in a process group of its own, so that it can be ended with all that it has started.
set -m
make_programs </dev/null &
part_groups+=("$!")
client=
if [[ -z ${DOCKER_MACHINE:-} ]] && ! is_docker_machine docker-machine && command -v go >/dev/null; then
  make_client </dev/null &
  client=$!
  part_groups+=("$client")
fi
set +m

while [[ -n $(jobs -rp) ]]; do
  show_progress
  sleep 0.2
done
if [[ -t 1 ]]; then printf '\r\e[K'; fi
status=0
wait "${part_groups[0]}" || status=1
if [[ -n $client ]] && ! wait "$client" && [[ ${REQUIRE_REAL_CLIENT:-} == 1 ]]; then status=1; fi
part_groups=()

if [[ -f $work/failures ]]; then cat "$work/failures" >&2; fi
if [[ -f $work/parts ]]; then
  echo "Made what the demo runs, in $(seconds_since "$began") s:"
  cat "$work/parts"
fi
exit "$status"
