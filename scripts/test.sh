#!/usr/bin/env bash
# Runs every test: the unit tests, our code against Go's own, and the packaged executables driven by the real
# docker-machine, on both versions of Prism Central's API. Goes on after a failure; the last line sums everything up.
set -euo pipefail
cd "$(dirname "$0")/.."
results=.cache/test-results
rm -rf "$results"
mkdir -p "$results"

projects=(unit interop e2e e2e-v4)
left_out=()
if ! command -v go >/dev/null; then
  if [[ ${REQUIRE_REAL_CLIENT:-} == 1 ]]; then
    echo "test: Go is not installed, and REQUIRE_REAL_CLIENT=1 wants the tests against Go's own code" >&2
    exit 1
  fi
  echo "test: Go is not installed: our own small client stands in for docker-machine (unless DOCKER_MACHINE is set);" \
    "the tests against Go's own net/rpc and gob and those with rancher-machine are left out"
  projects=(unit e2e e2e-v4)
  left_out=(--testPathIgnorePatterns rancher)
fi

if [[ ! -e .tools/python-v4-sdk/newest/stamp ]]; then
  echo "test: Nutanix's v4 SDKs for Python are not installed: the tests with them are left out"
  left_out+=(--testPathIgnorePatterns v4-sdk)
fi

status=0
# As many workers as cores: the end-to-end tests spend most of their time waiting.
for project in "${projects[@]}"; do
  echo "== $project"
  npx --no-install jest --config jest.config.cjs --selectProjects "$project" --maxWorkers=100% \
    "${left_out[@]}" --json --outputFile "$results/$project.json" >/dev/null || status=1
done

node scripts/count-tests.mjs "${projects[@]/#/$results/}" || status=1
exit "$status"
