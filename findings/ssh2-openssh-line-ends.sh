#!/usr/bin/env bash
# ssh2 1.17.0 (npm) reads OpenSSH private keys that OpenSSH 9.2 (openssh-client of Debian 12) does not.
#
# Behaviour:  a key in OpenSSH's own format with Windows line ends, or without a line end after its last line, is
#             read by ssh2's utils.parseKey, and is refused by ssh-keygen.
# Output:     whole: ssh2: reads it, OpenSSH: reads it
#             windows: ssh2: reads it, OpenSSH: error in libcrypto
#             unended: ssh2: reads it, OpenSSH: error in libcrypto
# One expects that a key which a Node tool has checked, and logged in with, is one for `ssh -i`, too; and that the
#             error speaks of the file, not of a library for cryptography.
# It hurts:   operators whose key came through a form, a mail, a CI variable or an editor on Windows: the probe of a
#             tool in Node logs in, and docker-machine, which runs ssh, does not.
# Here:       keys are copied in the form that OpenSSH reads: test/interop/openssh-keys.test.ts, "$kind, $form: the
#             copy is read by OpenSSH".
#
# Wants Node, npm and Debian 12's apt. Exit code: 0 while they differ, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder" # for apt, which downloads as a user of its own
cd "$folder"
npm install --prefix . --loglevel=error --no-audit --ignore-scripts --omit=optional ssh2@1.17.0 >/dev/null || exit 2
apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 2>apt.log || { cat apt.log >&2; exit 2; }
dpkg-deb -x openssh-client_*.deb openssh
ssh_keygen=$folder/openssh/usr/bin/ssh-keygen

"$ssh_keygen" -q -t ed25519 -N '' -C '' -f whole
sed 's/$/\r/' whole >windows
head -c -1 whole >unended
chmod 600 windows unended

ssh2_reads() {
  node -e "const key = require('ssh2').utils.parseKey(require('fs').readFileSync('$1'));
    console.log(key instanceof Error ? key.message : 'reads it');"
}
openssh_reads() {
  local said
  if said=$("$ssh_keygen" -y -P '' -f "$1" 2>&1 | tr -d '\r'); then echo "reads it"; else echo "${said##*: }"; fi
}

answers=""
for key in whole windows unended; do
  answers+="$key: ssh2: $(ssh2_reads "$key"), OpenSSH: $(openssh_reads "$key")"$'\n'
done
printf '%s' "$answers"
expected="whole: ssh2: reads it, OpenSSH: reads it
windows: ssh2: reads it, OpenSSH: error in libcrypto
unended: ssh2: reads it, OpenSSH: error in libcrypto
"
if [[ $answers != "$expected" ]]; then
  printf 'ssh2-openssh-line-ends: they behave otherwise now; it was:\n%s' "$expected" >&2
  exit 1
fi
