import { createHash } from 'node:crypto';
import { GobDecoder } from '../../src/gob/index.js';
import { typeOfRecorded } from './go-types.js';
import { gobBytes, recordedConnections, sentValues, type Direction } from './recorded-sessions.js';
import { toTagged, withoutZeros } from './tagged-output.js';
import { normalise, type Tagged } from './tagged.js';

const connections = recordedConnections();
const streams = connections.flatMap((connection) =>
  (['client->server', 'server->client'] as const).map((dir): [string, typeof connection, Direction] => [
    `${connection.name} ${dir}`,
    connection,
    dir,
  ]),
);

test('the recorded sessions are all there', () => {
  expect(connections.length).toBeGreaterThanOrEqual(59);
  expect(connections.flatMap(({ items }) => items).length).toBeGreaterThan(4000);
});

test.each(streams)('%s', (_, connection, dir) => {
  const decoder = new GobDecoder();
  decoder.push(gobBytes(connection, dir));
  const sent = sentValues(connection, dir);
  const decoded = sent.map((item) => {
    const type = typeOfRecorded(item);
    return withoutZeros(toTagged(type, decoder.decode(type)?.value));
  });
  expect(decoder.skip()).toBe(false);
  decoder.end();
  const expected = sent.map(({ value }) => withoutZeros(normalise(value ?? null)));
  expect(decoded.map((value, i) => comparable(value, expected[i]))).toEqual(expected);
});

/** Long bytes stand in the recording by their length and checksum. */
function comparable(value: Tagged, expected: Tagged | undefined): Tagged {
  const isShortened = typeof expected === 'object' && expected !== null && '$bytesLen' in expected;
  const isBytes = typeof value === 'object' && value !== null && '$bytes' in value;
  if (!isShortened || !isBytes || typeof value['$bytes'] !== 'string') return value;
  const bytes = Buffer.from(value['$bytes'], 'hex');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return normalise({ $bytesLen: bytes.length, sha256 });
}
