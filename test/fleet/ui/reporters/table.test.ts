import { tableText, ellipsized, wrapped } from '../../../../src/fleet/ui/reporters/table.js';

const LONG = 'nutanix-vm-mem 4096 → 8192; memory 4096 MiB, declared 8192 MiB';

describe('a table', () => {
  const rows = [
    { host: 'web-1', vm: 'Running', address: '10.0.0.1', differs: '' },
    { host: 'web-2', vm: 'Running', address: '10.0.0.2', differs: LONG },
  ];

  test('with room enough is one line for each row, however long', () => {
    expect(tableText(rows)).toBe(
      'HOST   VM       ADDRESS   DIFFERS\nweb-1  Running  10.0.0.1\n' + `web-2  Running  10.0.0.2  ${LONG}\n`,
    );
  });

  test('in 40 columns has long texts below their rows', () => {
    expect(tableText(rows, 40)).toBe(
      'HOST   VM       ADDRESS\nweb-1  Running  10.0.0.1\nweb-2  Running  10.0.0.2\n' +
        '  nutanix-vm-mem 4096 → 8192; memory\n  4096 MiB, declared 8192 MiB\n',
    );
  });

  test('of names that are longer than the terminal has all else below them', () => {
    const name = 'a-host-with-a-name-that-somebody-wrote-to-the-end-of-what-is-allowed';
    expect(tableText([{ host: name, result: 'created', time: '8.0 s', differs: LONG }], 60)).toBe(
      `${name}\n  created, 8.0 s\n  nutanix-vm-mem 4096 → 8192; memory 4096 MiB, declared 8192\n  MiB\n`,
    );
  });

  test('of fifty hosts fits 60 columns', () => {
    const many = Array.from({ length: 50 }, (_, index) => ({
      host: `controller-${index + 1}`,
      result: 'removed again',
      time: '12 min 05 s',
      address: '10.123.123.123',
    }));
    const lines = tableText(many, 60).trimEnd().split('\n');
    expect(lines).toHaveLength(51);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
  });
});

test.each([
  ['a bb ccc', 4, 'a bb\n  ccc'],
  ['one', 2, 'one'],
  ['a verylongword b', 6, 'a\n  verylongword\n  b'],
  ['', 10, ''],
])('"%s" in %d columns', (text, width, lines) => {
  expect(wrapped(text, width, '  ')).toBe(lines);
});

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
])('"%s" cut to %d', (text, width, line) => {
  expect(ellipsized(text, width)).toBe(line);
});

test('tables leave out empty columns and control characters', () => {
  expect(tableText([{ host: 'a', note: '', text: '\u001b[31mred\u0007' }])).toBe('HOST  TEXT\na     red\n');
});
