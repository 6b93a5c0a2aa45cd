import { parseAuthorizedKeys } from '../../../src/emulator/ssh/authentication.js';

const BLOB = 'AAAAC3NzaC1lZDI1NTE5AAAAIMtGvnDrYmJy2zc3GyCM8SmUSBbLgJvc8w1oYzOBiDSm';
const key = { type: 'ssh-ed25519', blob: Buffer.from(BLOB, 'base64'), forcedCommand: undefined };

test.each([
  [`ssh-ed25519 ${BLOB}`, [key]],
  [`  ssh-ed25519   ${BLOB} a comment with "quotes"`, [key]],
  [`# ssh-ed25519 ${BLOB}`, []],
  ['', []],
  ['ssh-ed25519', []],
  [`no-pty,no-X11-forwarding ssh-ed25519 ${BLOB}`, [key]],
  [`from="10.0.0.0/8,x" ssh-ed25519 ${BLOB}`, [key]],
  [
    `command="echo \\"hi\\" there",no-pty ssh-ed25519 ${BLOB} c`,
    [{ ...key, forcedCommand: 'echo "hi" there' }],
  ],
  [`ecdsa-sha2-nistp256 ${BLOB}\nssh-ed25519 ${BLOB}\n`, [{ ...key, type: 'ecdsa-sha2-nistp256' }, key]],
])('%j', (text, keys) => {
  expect(parseAuthorizedKeys(text)).toEqual(keys);
});

test('a line made to keep the reader busy is read at once', () => {
  const begun = process.cpuUsage();
  expect(parseAuthorizedKeys(`${'a="'.repeat(20_000)} ssh-ed25519 ${BLOB}`)).toEqual([]);
  expect(parseAuthorizedKeys(`${'a,'.repeat(20_000)}ssh-ed25519`)).toEqual([]);
  expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(1000);
});
