#!/usr/bin/env bash
# Bun 1.4.5: its npm packages for x86-64 without AVX2, named "baseline", hold the very executables of the packages without
# that word.
#
# Behaviour:  @oven/bun-linux-x64-musl and @oven/bun-linux-x64-musl-baseline have the same bytes, and so have
#             @oven/bun-windows-x64 and @oven/bun-windows-x64-baseline.
# Output:     bun-linux-x64-musl: same bytes
#             bun-windows-x64: same bytes
# One expects two builds: one for processors since 2013 (Haswell), and a slower one for those before, as Bun's
#             documentation of --target has them, and so to have to publish and choose between two archives for each system.
# It hurts:   who publishes programs compiled with Bun for both (twice 60 MB of the same), and who tests on an old processor
#             that the ordinary one fails there, to be sure that the test works at all.
# Here:       `make release` makes one archive for all x86-64 processors; docs/releases.md says which they are.
#
# 2 x 2 packages are fetched, 200 MB in all, and compared; none is run.
# Exit code: 0 while they are the same, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
sum_of() { # sum_of PACKAGE: of the one executable in it
  npm pack --silent "@oven/$1@1.4.5" >/dev/null || exit 2
  tar -xzOf "oven-$1-1.4.5.tgz" --wildcards 'package/bin/bun*' | sha256sum
  rm "oven-$1-1.4.5.tgz"
}
status=0
for name in bun-linux-x64-musl bun-windows-x64; do
  ordinary=$(sum_of "$name")
  baseline=$(sum_of "$name-baseline")
  if [[ $ordinary == "$baseline" ]]; then
    echo "$name: same bytes"
  else
    echo "$name: other bytes"
    status=1
  fi
done
exit "$status"
