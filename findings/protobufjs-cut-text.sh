#!/usr/bin/env bash
# protobufjs 7.6.6: a text that ends before its length is read from a Buffer as if it were whole.
#
# Behaviour:  `Type.decode` of a Buffer takes what is left of the message for a string whose length goes beyond the end. From a
#             Uint8Array with the same bytes, and of a field of the type bytes, it throws.
# Output:     Buffer, string: "a"
#             Buffer, bytes: index out of range: 2 + 5 > 3
#             Uint8Array, string: index out of range: 2 + 5 > 3
#             Uint8Array, bytes: index out of range: 2 + 5 > 3
# One expects that a message that was cut off is refused, as it is for every other type of field, and in the libraries for other
#             languages.
# It hurts:   servers and readers of files in Node, where bytes are Buffers: a name that was cut off on its way is another name,
#             and nothing says so.
# Here:       src/grpc/service-interface decodes from a Uint8Array.
#
# Wants npm. Exit code: 0 while it does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null 2>&1
npm install --silent --no-audit --no-fund protobufjs@7.6.6 >/dev/null 2>npm.log || { cat npm.log >&2; exit 2; }
cat >decode.cjs <<'PROGRAM'
const { parse } = require('protobufjs');
const { root } = parse('syntax = "proto3"; message M { string text = 1; bytes data = 2; }');
const type = root.lookupType('M');
for (const [name, kind] of [['Buffer', Buffer], ['Uint8Array', Uint8Array]]) {
  for (const [field, tag] of [['string', 0x0a], ['bytes', 0x12]]) {
    let seen;
    try {
      seen = JSON.stringify(type.decode(kind.from([tag, 5, 0x61])).text);
    } catch (error) {
      seen = error.message;
    }
    console.log(`${name}, ${field}: ${seen}`);
  }
}
PROGRAM
seen=$(node decode.cjs)
printf '%s\n' "$seen"
expected='Buffer, string: "a"
Buffer, bytes: index out of range: 2 + 5 > 3
Uint8Array, string: index out of range: 2 + 5 > 3
Uint8Array, bytes: index out of range: 2 + 5 > 3'
if [[ $seen != "$expected" ]]; then
  echo "protobufjs-cut-text: it behaves otherwise now" >&2
  exit 1
fi
