#!/usr/bin/env bash
# write-file-atomic 7.0.0: a write that the system cuts short is reported as done, and the short file replaces the good one.
#
# Behaviour:  the library writes to a temporary file with one call and does not look at how many bytes were taken. Where
#             there is room for a part only (a quota, a limit of the process, a full disk) the promise resolves, and the
#             part takes the place of the file that was whole. Node's own writeFile goes on until all is written, or rejects.
# Output:     library: resolved, 8192 of 20000 bytes
#             node: rejected EFBIG, the old file is whole
# One expects that a file "written atomically" is the old one or the new one, and an error in between.
# It hurts:   programs that keep machine records, locks or saved states with it: the record is cut in the middle of its
#             JSON, and the run that did it has said that all is well.
# Here:       src/support/whole-file.ts writes with Node's writeFile, then fsync, then rename:
#             test/support/whole-file.test.ts.
#
# The limit is that of the shell (ulimit -f, blocks of 1 KiB), so no disk has to be filled.
# Exit code: 0 while the library does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts write-file-atomic@7.0.0 || exit 2

cat >write.js <<'JS'
const { readFileSync, statSync, writeFileSync, promises } = require('node:fs');
process.on('SIGXFSZ', () => undefined); // The signal that goes with the limit; the call then fails with EFBIG.
const name = process.argv[2];
const write = name === 'library' ? require('write-file-atomic') : viaTemporaryFile;
async function viaTemporaryFile(path, text) {
  await promises.writeFile(`${path}.new`, text);
  await promises.rename(`${path}.new`, path);
}
const old = JSON.stringify({ machines: 'a'.repeat(1000) });
writeFileSync('record.json', old);
write('record.json', JSON.stringify({ machines: 'b'.repeat(19_985) })).then(
  () => console.log(`${name}: resolved, ${statSync('record.json').size} of 20000 bytes`),
  (error) => console.log(`${name}: rejected ${error.code}, the old file is ${readFileSync('record.json', 'utf8') === old ? 'whole' : 'lost'}`),
);
JS
library=$(ulimit -f 8 && node write.js library)
node=$(ulimit -f 8 && node write.js node)
printf '%s\n' "$library" "$node"
if [[ $library != 'library: resolved, 8192 of 20000 bytes' || $node != 'node: rejected EFBIG, the old file is whole' ]]; then
  echo "write-file-atomic-short-write: it behaves otherwise now" >&2
  exit 1
fi
