import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { durationCell, type Row } from '../../../../src/fleet/context/reporter.js';
import { checkRow } from '../../../../src/fleet/platform/run-checks.js';
import { volumeRow } from '../../../../src/fleet/status/volume-status.js';
import { JsonReporter } from '../../../../src/fleet/ui/reporters/json-reporter.js';
import { tableText } from '../../../../src/fleet/ui/reporters/table.js';
import { eventFields, jsonEvents } from './json-events.js';

/** One table as `--json` prints it; throws where a field is not as programs are told. */
function rowsOf(kind: string, row: Row): unknown {
  let text = '';
  const screen = {
    isTerminal: false,
    columns: () => 80,
    rows: () => 24,
    write: (part: string) => (text += part),
  };
  new JsonReporter(screen, () => new Date(0)).table(kind, [row]);
  const [event] = jsonEvents(text);
  return event !== undefined && 'rows' in event ? event.rows[0] : undefined;
}

test.each<[string, Row, object, string]>([
  [
    'summary',
    { host: 'a', result: 'created', time: durationCell(61_234), address: undefined },
    { host: 'a', result: 'created', seconds: 61.234 },
    'HOST  RESULT   TIME\na     created  1 min 01 s\n',
  ],
  [
    'checks',
    checkRow({ name: 'web', ok: true, text: 'ok' }),
    { check: 'web', ok: true },
    'CHECK  RESULT\nweb    ok\n',
  ],
  [
    'checks',
    checkRow({ name: 'web', ok: false, text: 'a: refused' }),
    { check: 'web', ok: false, problem: 'a: refused' },
    'CHECK  RESULT\nweb    a: refused\n',
  ],
  [
    'volumes',
    volumeRow({ name: 'data', sizeBytes: 1.5 * 2 ** 30, holders: ['a', 'b'] }),
    { volume: 'data', sizeGiB: 1.5, heldBy: ['a', 'b'] },
    'VOLUME  SIZE     HELD\ndata    1.5 GiB  a, b\n',
  ],
])('%s: values for programs, words for users', (kind, row, expected, table) => {
  expect(rowsOf(kind, row)).toEqual(expected);
  expect(tableText([row])).toBe(table);
});

test('docs/fleet.md has every event with its fields', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/fleet.md'), 'utf8');
  const section = /## Events as JSON\n([^]*?)\n## /.exec(page)?.[1] ?? '';
  const quoted = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((row) => {
    const [, events = '', what = ''] = row.split('|');
    return quoted(events).map((event) => [event, quoted(what.split(':')[0] ?? '').sort()] as const);
  });
  const fields = [...eventFields()].map(([event, names]) => [event, [...names].sort()] as const);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(fields));
});

test('the schema refuses words in the place of values', () => {
  expect(() => rowsOf('summary', { host: 'a', result: 'created', time: '8.0 s' })).toThrow('docs/fleet.md');
  expect(() => rowsOf('volumes', { volume: 'data', size: '20 GiB', held: '' })).toThrow('docs/fleet.md');
});

test('a host that has ended says how long it took', () => {
  let text = '';
  const times = [0, 0, 8_500, 8_500];
  const screen = {
    isTerminal: false,
    columns: () => 80,
    rows: () => 24,
    write: (part: string) => (text += part),
  };
  const reporter = new JsonReporter(screen, () => new Date(times.shift() ?? 0));
  reporter.begin('a', 'creating');
  reporter.end('a', true, 'created');
  expect(jsonEvents(text)[1]).toMatchObject({ event: 'end', ok: true, seconds: 8.5 });
});
