import type { GuestSystem } from '../../../src/emulator/guest/guest-system.js';
import { run, runningSystem } from '../running-system.js';

let system: GuestSystem;
beforeEach(() => ({ system } = runningSystem()));

const LINES = 'alpha 1\nbeta 2\ngamma 10\n';

/** command, standard input, standard output, status if it is not 0 */
const TABLE: readonly (readonly [string, string, string, number?])[] = [
  ['grep a$', 'a\nab\nba\n', 'a\nba\n'],
  ['grep -v a', 'a\nb\n', 'b\n'],
  ['grep -xq "beta 2" && echo found', LINES, 'found\n'],
  ['grep -x beta', LINES, '', 1],
  ['grep -c a', LINES, '3\n'],
  ['grep -n -i BETA', LINES, '2:beta 2\n'],
  ['grep -o "[0-9]\\+"', LINES, '1\n2\n10\n'],
  ['grep -E "^(alpha|gamma) [0-9]{2}$"', LINES, 'gamma 10\n'],
  ["grep '\\(.\\)a\\s'", LINES, 'alpha 1\nbeta 2\ngamma 10\n'],
  ['grep -F "a.b"', 'a.b\naxb\n', 'a.b\n'],
  ['grep -w beta', 'beta\nalphabeta\n', 'beta\n'],
  ['grep -q x /nope', '', '', 2],
  ['grep -e alpha -e gamma', LINES, 'alpha 1\ngamma 10\n'],
  ['grep -l alpha - /etc/hostname', LINES, '(standard input)\n'],
  ["sed 's/a/b/'", 'aa\n', 'ba\n'],
  ["sed 's/a/b/g'", 'aa\n', 'bb\n'],
  ["sed 's/a/b/2'", 'aaa\n', 'aba\n'],
  ["sed -n 's/^beta \\(.*\\)$/[\\1]/p'", LINES, '[2]\n'],
  ["sed -E 's/([a-z]+) ([0-9]+)/\\2 \\1/'", LINES, '1 alpha\n2 beta\n10 gamma\n'],
  ["sed 's|/usr|&/local|'", '/usr/bin\n', '/usr/local/bin\n'],
  ["sed -e '/beta/d' -e '$d'", LINES, 'alpha 1\n'],
  ["sed '2,$d'", LINES, 'alpha 1\n'],
  ["sed -n '/beta/,/gamma/p'", LINES, 'beta 2\ngamma 10\n'],
  ["sed '/beta/a after'", LINES, 'alpha 1\nbeta 2\nafter\ngamma 10\n'],
  ["sed '1i before'", 'x\n', 'before\nx\n'],
  ["sed '/beta/!d'", LINES, 'beta 2\n'],
  ["sed 'y/abc/xyz/'", 'aabbcc\n', 'xxyyzz\n'],
  ["sed -n '$p'", LINES, 'gamma 10\n'],
  ['sed 2q', LINES, 'alpha 1\nbeta 2\n'],
  ["sed 's/x*/-/g'", 'abc\n', '-a-b-c-\n'],
  ["sed 's/a/b'", 'a\n', '', 1],
  ['head -n 1', LINES, 'alpha 1\n'],
  ['head -2', LINES, 'alpha 1\nbeta 2\n'],
  ['tail -n 1', LINES, 'gamma 10\n'],
  ['tail -n +2', LINES, 'beta 2\ngamma 10\n'],
  ['wc -l', LINES, '3\n'],
  ['sort -r', LINES, 'gamma 10\nbeta 2\nalpha 1\n'],
  ['sort -k2 -n -r', LINES, 'gamma 10\nbeta 2\nalpha 1\n'],
  ['sort -u', 'b\na\nb\n', 'a\nb\n'],
  ['sort -V', '1.10\n1.9\n', '1.9\n1.10\n'],
  ['uniq -c', 'a\na\nb\n', '      2 a\n      1 b\n'],
  ["cut -d' ' -f2", LINES, '1\n2\n10\n'],
  ['cut -c1-3', LINES, 'alp\nbet\ngam\n'],
  ['tr a-z A-Z', 'abc-1\n', 'ABC-1\n'],
  ["tr -d '[:digit:]'", 'a1b2\n', 'ab\n'],
  ["tr -s ' '", 'a   b\n', 'a b\n'],
  ['xargs -n1 echo x', 'a b\n', 'x a\nx b\n'],
  ['xargs -I{} echo "<{}>"', 'a b\n', '<a b>\n'],
  ['base64', 'hello', 'aGVsbG8=\n'],
  ['base64 -d', 'aGVsbG8=\n', 'hello'],
  ['sha256sum', 'x', '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881  -\n'],
  ['cat - /etc/hostname', 'first\n', 'first\nlocalhost\n'],
  ['tee /tmp/copy >/dev/null; cat /tmp/copy', 'data', 'data'],
  ['seq 2 2 6', '', '2\n4\n6\n'],
  ['basename /a/b.txt .txt; dirname /a/b.txt', '', 'b\n/a\n'],
];

for (const [command, input, out, status = 0] of TABLE) {
  test(command, async () => {
    expect(await run(system, command, 'root', input)).toMatchObject({ out, status });
  });
}

test('sed -i changes the file and keeps its owner and mode', async () => {
  const { out } = await run(
    system,
    'echo "127.0.1.1 old" > /tmp/h; chmod 600 /tmp/h; sed -i "s/^127.0.1.1\\s.*/127.0.1.1 new/g" /tmp/h; cat /tmp/h; stat -c %a /tmp/h',
  );
  expect(out).toBe('127.0.1.1 new\n600\n');
});

test('sed -i.bak keeps the old text', async () => {
  const { out } = await run(system, 'echo a > /tmp/f; sed -i.bak s/a/b/ /tmp/f; cat /tmp/f /tmp/f.bak');
  expect(out).toBe('b\na\n');
});

test('a shell whose output nobody reads any more ends', async () => {
  expect(await run(system, 'while :; do echo y; done | head -n 1')).toMatchObject({ out: 'y\n', status: 0 });
});

test('the reader of a pipe may leave early', async () => {
  expect(await run(system, 'seq 1 5000 | head -n 2')).toMatchObject({ out: '1\n2\n', status: 0 });
});
