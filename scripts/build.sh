#!/usr/bin/env bash
# Builds everything that is shipped into dist/:
#   dist/nutanix-docker  one self-contained executable that is every program of src/bin (Bun's runtime inside)
#   dist/NAME            the same file by the name of each program, which it then is
#   dist/node/           the same programs for Node, as the npm package installs them; dist/proto/ is read by two of them
# With --executables only the first two, which want no compiler for TypeScript or C.
# The sources, package-lock.json and the commit alone decide the bytes: no time of the build, path or user name gets in.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

# What npm shall install as commands has to be there, and to be built as an executable too.
for name in $(node -p 'Object.keys(require("./package.json").bin).join(" ")'); do
  if [[ ! -f src/bin/$name.ts ]]; then
    echo "build: package.json names the command $name, but src/bin/$name.ts is missing" >&2
    exit 1
  fi
done

all=1
if [[ ${1:-} == --executables ]]; then all=; fi

mkdir -p dist
if [[ -n $all ]]; then
  # An old file of a source that is gone must not be shipped.
  rm -rf dist/node
  tsc -p tsconfig.build.json
  cp -R src/simulator/page/browser dist/node/simulator/page/
  cp -R src/guest/scripts dist/node/guest/
  rm -rf dist/proto
  mkdir -p dist/proto
  cp proto/*.proto dist/proto/
  bash scripts/revision.sh >dist/node/revision
fi

programs=()
for source in src/bin/*.ts; do
  read -r first_line <"$source"
  [[ $first_line == '#!/usr/bin/env node' ]] || {
    echo "build: $source has to begin with '#!/usr/bin/env node' (npm links it as a command)" >&2
    exit 1
  }
  name=$(basename "$source" .ts)
  programs+=("$name")
  if [[ -n $all ]]; then chmod 0755 "dist/node/bin/$name.js"; fi
done
rm -f "${programs[@]/#/dist/}"
bun scripts/bundle.mjs dist/nutanix-docker
chmod 0755 dist/nutanix-docker
for name in "${programs[@]}"; do
  [[ $name == nutanix-docker ]] || ln dist/nutanix-docker "dist/$name"
done

# The launcher of the driver plugin, with the program beside it; only on Linux, and with a compiler. With
# musl it starts in half the time: before main, glibc asks the processor for its caches, which is slow in a VM.
if [[ -n $all && $(uname -s) == Linux ]] && command -v "${CC:-cc}" >/dev/null; then
  rm -rf dist/launcher
  mkdir -p dist/launcher
  launcher=dist/launcher/docker-machine-driver-nutanix
  for compiler in "musl-gcc -static" "${CC:-cc} -static" "${CC:-cc}"; do
    # shellcheck disable=SC2086 # words of the compiler's command
    if $compiler -O2 -std=gnu11 -Wall -Wextra -Werror -s -o "$launcher" src/agent/launcher.c 2>/dev/null; then break; fi
  done
  [[ -x $launcher ]] || { echo "build: the launcher (src/agent/launcher.c) cannot be compiled" >&2; exit 1; }
  ln dist/docker-machine-driver-nutanix "$launcher-program"
fi

printf '%8s  dist/nutanix-docker, which is also: %s\n' "$(du -h --apparent-size dist/nutanix-docker | cut -f 1)" \
  "$(printf '%s\n' "${programs[@]}" | grep -vx nutanix-docker | paste -sd ' ')"
if [[ -z $all ]]; then exit 0; fi
printf '%8s  dist/node\n' "$(du -sh --apparent-size dist/node | cut -f 1)"
