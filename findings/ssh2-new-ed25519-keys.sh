#!/usr/bin/env bash
# ssh2 1.17.0 (npm) makes ed25519 keys of which about one in 256 cannot be read.
#
# Behaviour:  utils.generateKeyPairSync('ed25519') drops zero bytes at the beginning of the public half, which is
#             always 32 bytes long. A key whose public half begins with one is written a byte too short, and ssh2's
#             own utils.parseKey does not read it; neither does OpenSSH.
# Output:     of 4000 new keys, 11 (about 16 in theory) cannot be read by ssh2 itself; the first error was:
#             Malformed OpenSSH private key
# One expects that a key which a library has just made is a key.
# It hurts:   operators of Docker hosts whose tools make one SSH key for each machine: about one machine in 256 gets
#             a key with which no login works, and the same command succeeds when it is tried again.
# Here:       a new key is read back, and made anew when that fails: test/interop/openssh-keys.test.ts, "a new key,
#             ed25519: read by OpenSSH".
#
# Wants Node and npm. Exit code: 0 while ssh2 does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --prefix . --loglevel=error --no-audit --ignore-scripts --omit=optional ssh2@1.17.0 >/dev/null || exit 2

cat >keys.cjs <<'PROGRAM'
const { utils } = require('ssh2');
const count = 4000;
const errors = [];
let shortened = 0;
for (let made = 0; made < count; made += 1) {
  const key = utils.generateKeyPairSync('ed25519');
  const error = utils.parseKey(key.private);
  if (!(error instanceof Error)) continue;
  errors.push(error.message);
  // The line for authorized_keys: the name of the type (4 + 11 bytes), and the length of the public half.
  const length = Buffer.from(key.public.split(' ')[1], 'base64').readUInt32BE(15);
  if (length < 32) shortened += 1;
}
console.log(`of ${count} new keys, ${errors.length} cannot be read by ssh2 itself; the first error was: ${errors[0]}`);
console.log(`of these, ${shortened} have a public half of fewer than 32 bytes`);
// 4000 keys without a single one: once in six million runs.
process.exitCode = errors.length > 0 && shortened === errors.length ? 0 : 1;
PROGRAM

if ! node keys.cjs; then
  echo "ssh2-new-ed25519-keys: ssh2 behaves otherwise now: it reads every key that it makes" >&2
  exit 1
fi
