import { portError } from '../../../src/emulator/guest/ports.js';

test.each([
  ['EACCES', 'permission-denied', 'Choose an SSH port above 1023'],
  ['EADDRINUSE', 'conflict', 'End that program'],
  ['EADDRNOTAVAIL', 'invalid-input', 'inside 127.0.0.0/8'],
  ['EMFILE', 'unavailable', 'EMFILE'],
])('%s', (code, expected, words) => {
  const error = portError('web-1', '127.0.0.9', 22, Object.assign(new Error(code), { code }));
  expect(error.code).toBe(expected);
  expect(error.message).toContain('open port 22 on 127.0.0.9 for the guest of VM "web-1"');
  expect(error.message).toContain(words);
});
