#!/usr/bin/env bash
# Builds everything that is shipped into dist/:
#   dist/NAME   one self-contained executable for each src/bin/NAME.ts (Bun's runtime inside)
#   dist/node/  the same programs for Node, as the npm package installs them; dist/proto/ is read by one of them
# The sources and package-lock.json alone decide the bytes: no time, path or user name gets in.
# TARGET names another platform for the executables, e.g. TARGET=bun-linux-arm64 (default: this one).
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

# An old file of a source that is gone must not be shipped.
rm -rf dist/node
tsc -p tsconfig.build.json
cp -R src/simulator/page/browser dist/node/simulator/page/
cp -R src/guest/scripts dist/node/guest/
mkdir -p dist/proto
cp proto/csi.proto dist/proto/

for source in src/bin/*.ts; do
  read -r first_line <"$source"
  [[ $first_line == '#!/usr/bin/env node' ]] || {
    echo "build: $source has to begin with '#!/usr/bin/env node' (npm links it as a command)" >&2
    exit 1
  }
  name=$(basename "$source" .ts)
  bun scripts/bundle.mjs "$source" "dist/$name" "${TARGET:-}"
  chmod 0755 "dist/$name" "dist/node/bin/$name.js"
done

# The launcher of the driver plugin, with the program beside it; only for this platform, and only with a compiler. With
# musl it starts in half the time: before main, glibc asks the processor for its caches, which is slow in a VM.
if [[ -z ${TARGET:-} ]] && command -v "${CC:-cc}" >/dev/null; then
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

for source in src/bin/*.ts; do
  name=$(basename "$source" .ts)
  printf '%8s  dist/%s\n' "$(du -h --apparent-size "dist/$name" | cut -f 1)" "$name"
done
printf '%8s  dist/node\n' "$(du -sh --apparent-size dist/node | cut -f 1)"
