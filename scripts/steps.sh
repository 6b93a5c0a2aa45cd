# shellcheck shell=bash
# For scripts that show what they do, as one would type it: sourced by demo.sh and report.sh.

if [[ -t 1 ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

now() { date +%s%N; }

# step TITLE COMMAND-LINE: shows the command line as one would type it, runs it, shows how long it took.
step() {
  local started
  printf '\n%s%s%s\n%s$ %s%s\n' "$bold" "$1" "$plain" "$dim" "$2" "$plain"
  started=$(now)
  eval "$2"
  printf '%s(%d.%02d s)%s\n' "$dim" $((($(now) - started) / 1000000000)) \
    $((($(now) - started) / 10000000 % 100)) "$plain"
}

# ends_with FUNCTION: it is called with the exit status before the script ends, once, whatever ends it: also Ctrl-C, SIGTERM,
# a terminal that is closed, a reader of the output that is gone. Nothing interrupts it, and it goes on where something fails.
ends_with() {
  # A trap of INT that only exits would end the cleaning: `set -e` may begin it because Ctrl-C broke a command, and bash takes
  # the trap of INT within it.
  # shellcheck disable=SC2064 # the function's name of now
  trap "end_with $1 \$?" EXIT
  local signal
  for signal in 1:HUP 2:INT 13:PIPE 15:TERM; do
    # shellcheck disable=SC2064 # of now
    trap "end_with $1 $((128 + ${signal%:*}))" "${signal#*:}"
  done
}
end_with() { # end_with FUNCTION STATUS
  trap '' HUP INT PIPE TERM
  trap - EXIT
  set +e
  "$1" "$2"
  exit "$2"
}

must_be() { # must_be WHAT EXPECTED ACTUAL
  [[ $2 == "$3" ]] || { echo "${0##*/}: $1: expected $2, got $3" >&2; exit 1; }
}

# until_so SECONDS WHAT COMMAND...: repeats a command until it succeeds.
until_so() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < limit)) || { echo "${0##*/}: $what: not so in time" >&2; exit 1; }
    sleep 1
  done
}

# wait_for_simulator PID FILE: returns as soon as it serves: then it has written what to export into the file.
wait_for_simulator() {
  for _ in {1..600}; do
    if [[ -s $2 ]]; then return; fi
    kill -0 "$1" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# The VMs, or what else KEY names, that the simulator still has. Volume groups have a list of VMs each, further down.
simulator_has() { # simulator_has KEY
  local state list="\"$1\":\[[^]]*\]"
  state=$(curl -fsSk "https://$NUTANIX_ENDPOINT:$NUTANIX_PORT/simulator/state")
  [[ $state =~ $list ]] && echo "${BASH_REMATCH[0]}"
}
