#!/usr/bin/env bash
# Checks style and types, and runs every test: the unit tests, our code against Go's own, and the packaged executables
# driven by the real docker-machine, on both versions of Prism Central's API. Goes on after a failure; the last line sums
# everything up.
set -euo pipefail
cd "$(dirname "$0")/.."
results=.cache/test-results
rm -rf "$results"
mkdir -p "$results"
export TEST_PRICES=$PWD/$results/prices

against_programs=(interop e2e e2e-v4)
left_out=()
if ! command -v go >/dev/null; then
  if [[ ${REQUIRE_REAL_CLIENT:-} == 1 ]]; then
    echo "test: Go is not installed, and REQUIRE_REAL_CLIENT=1 wants the tests against Go's own code" >&2
    exit 1
  fi
  echo "test: Go is not installed: our own small client stands in for docker-machine (unless DOCKER_MACHINE is set);" \
    "the tests against Go's own net/rpc and gob, those with rancher-machine and those with GitLab's host of fleeting are left out"
  against_programs=(e2e e2e-v4)
  left_out=(--testPathIgnorePatterns rancher --testPathIgnorePatterns e2e/fleeting)
fi

if [[ ! -e .tools/python-v4-sdk/newest/stamp ]]; then
  echo "test: Nutanix's v4 SDKs for Python are not installed: the tests with them are left out"
  left_out+=(--testPathIgnorePatterns v4-sdk)
fi

# It takes minutes of downloads where it was never made: that goes on beside the unit tests. Should it fail, the tests that
# want it try again, and tell why.
{
  if [[ ${REQUIRE_CONTAINER_GUESTS:-} == 1 ]]; then
    bash scripts/guest-image/build.sh --tarball || true
    bash scripts/wordpress-image/build.sh || true
  fi
  if [[ ${REQUIRE_QEMU_GUESTS:-} == 1 ]]; then bash scripts/qemu-guest/build.sh; fi
} >/dev/null 2>&1 &

# run REPORT WORKERS PROJECT...
run() {
  echo "== ${*:3}"
  npx --no-install jest --config jest.config.cjs --selectProjects "${@:3}" --maxWorkers="$2" \
    "${left_out[@]}" --json --outputFile "$results/$1.json" >/dev/null
}

# What runs beside others, by its report. Each is a process group of its own (set -m), which ends with this script.
declare -A besides=()
trap 'kill -- "${besides[@]/#/-}" 2>/dev/null || true' EXIT
# finish REPORT: waits for it, and shows what it has said.
finish() {
  wait "${besides[$1]}" || { status=1; failed+=("$1"); }
  unset "besides[$1]"
  cat "$results/$1.log" >&2
}

# The browser of the page's tests has a network that nothing else changes, where this user may make one; tests with container
# guests, which are what changes it, need more than that.
run_page() {
  if unshare --net ip link set lo up 2>/dev/null; then
    export results
    export -f run
    unshare --net bash -euc 'ip link set lo up; left_out=("$@"); run page 1 page' page "${left_out[@]}"
  else
    run page 1 page
  fi
}

# An emulated CPU keeps one core busy, and its guest has time limits of its own: it goes before the other tests.
run_qemu() {
  renice --priority -5 --pid "$BASHPID" >/dev/null || true
  run qemu 1 qemu
}

# They want what is built beside them, and wait for it here.
run_engines() {
  if [[ ${REQUIRE_CONTAINER_GUESTS:-} == 1 ]]; then
    bash scripts/guest-image/build.sh --tarball >/dev/null 2>&1 || true
    bash scripts/wordpress-image/build.sh >/dev/null 2>&1 || true
  fi
  run engines 1 engines
}

status=0
failed=()
# Unit tests keep a core busy, so as many workers as cores. The others spend most of their time waiting for clients and
# guests, so three times as many run at once, and all in one run: at the end of it no core waits for a last long file. With
# twice as many, two cores were idle for a quarter of the time once the qemu guest was done.
cores=$(nproc)
waiting=$((cores * 3 < 12 ? cores * 3 : 12))
reports=(unit page engines programs)
set -m
# The checks keep one core busy, and are over long before the unit tests are.
make lint typecheck >"$results/checks.log" 2>&1 &
besides[checks]=$!
run_page >"$results/page.log" 2>&1 &
besides[page]=$!
run_engines >"$results/engines.log" 2>&1 &
besides[engines]=$!
set +m
run unit "$cores" unit || status=1
finish page
finish checks
if [[ ${REQUIRE_QEMU_GUESTS:-} == 1 ]]; then
  set -m
  run_qemu >"$results/qemu.log" 2>&1 &
  besides[qemu]=$!
  set +m
  reports+=(qemu)
else
  echo "test: the tests with qemu guests are left out: REQUIRE_QEMU_GUESTS=1 wants them"
fi
run programs "$waiting" "${against_programs[@]}" || status=1
finish engines
[[ -z ${besides[qemu]:-} ]] || finish qemu

# What the next one who wants the tests to be faster asks first.
echo "test files that took the most CPU (seconds of their own, of their children, from begin to end):"
sort -rnk 1,1 <(awk '{ print $1 + $2, $0 }' "$TEST_PRICES") | awk 'NR <= 20 { printf "  %7.1f %7.1f %7.1f  %s\n", $2, $3, $4, $5 }'

if [[ " ${failed[*]} " == *' checks '* ]]; then
  echo 'failed: make lint typecheck'
  tail -n 30 "$results/checks.log" | cut -c 1-400 | sed 's/^/    /'
fi
node scripts/count-tests.mjs "${reports[@]/#/$results/}" || status=1
exit "$status"
