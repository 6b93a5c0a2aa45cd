#!/usr/bin/env bash
# Installs Nutanix's v4 SDKs for Python, which test/interop/v4-sdk drives, into virtual environments of this project:
#   .tools/python-v4-sdk/newest   the newest SDK of each namespace, pytest and ruff
#   .tools/python-v4-sdk/v4.0     the first SDK of each namespace
# Every package is pinned with its hashes by test/interop/v4-sdk/requirements/*.txt. Made again when these or the
# Python change. Without Python nothing is installed; that is an error only where REQUIRE_REAL_CLIENT=1 (CI) says so.
#
#   python-sdks.sh       install
#   python-sdks.sh pin   write requirements/*.txt from requirements/*.in; needs uv
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=test/interop/v4-sdk/requirements

pin() {
  local set overrides
  for set in newest v4.0; do
    overrides=()
    if [[ $set == newest ]]; then overrides=(--override "$requirements/overrides.in"); fi
    UV_CUSTOM_COMPILE_COMMAND="scripts/python-sdks.sh pin" uv pip compile --quiet --universal --python-version 3.10 \
      --generate-hashes --only-binary :all: "${overrides[@]}" --output-file "$requirements/$set.txt" \
      "$requirements/$set.in"
  done
}

# Debian's Python may lack the module that puts pip into a virtual environment.
has_python() { python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }

# install SET: the environment anew; only the stamp, written last, says that it is whole.
install() {
  local folder=.tools/python-v4-sdk/$1
  echo "python: installing the v4 SDKs ($1) ..."
  rm -rf "$folder"
  python3 -m venv "$folder"
  # --no-deps: requirements/*.txt names all of them, and pip would refuse the one that overrides.in is about.
  PIP_DISABLE_PIP_VERSION_CHECK=1 "$folder/bin/python" -m pip install --quiet --no-input --no-deps --require-hashes \
    --only-binary :all: --requirement "$requirements/$1.txt"
}

if [[ ${1:-} == pin ]]; then
  pin
  exit
fi

if ! has_python && ! { bash scripts/install-packages.sh python3-venv >/dev/null && has_python; }; then
  if [[ ${REQUIRE_REAL_CLIENT:-} == 1 ]]; then
    echo "python: Python 3.10 or newer with venv is missing, and REQUIRE_REAL_CLIENT=1 wants Nutanix's own SDKs" >&2
    exit 1
  fi
  echo "python: Python 3.10 or newer with venv is missing; the tests with Nutanix's own SDKs are left out"
  exit 0
fi

# A second one waits for what the first one installs.
mkdir -p .tools/python-v4-sdk
exec 9<.tools/python-v4-sdk
! command -v flock >/dev/null || flock 9
for set in newest v4.0; do
  sum=$( (python3 -c 'import sys; print(sys.executable, sys.version)' &&
    cat "$requirements/$set.txt" scripts/python-sdks.sh) | cksum)
  stamp=.tools/python-v4-sdk/$set/stamp
  if [[ -f $stamp && $(<"$stamp") == "$sum" ]]; then continue; fi
  install "$set"
  echo "$sum" >"$stamp"
done
