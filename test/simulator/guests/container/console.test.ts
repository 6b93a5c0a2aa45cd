import { plainLines } from '../../../../src/simulator/guests/container/container-guest.js';

test.each([
  ['colours', '\u001b[32m  OK  \u001b[0m] Started\r\n', 'OK  ] Started'],
  ['the last of many lines', '1\n2\n3\n4\n5\n6\n7\n', '3 | 4 | 5 | 6 | 7'],
  ['empty lines', 'a\n\n \nb', 'a | b'],
  ['letters of every language', 'grün 集群', 'grün 集群'],
  ['nothing', '', ''],
])('what a guest said last: %s', (_, text, line) => {
  expect(plainLines(text)).toBe(line);
});
