import { createHash } from 'node:crypto';
import { GobDecoder, type GobValue } from '../../src/gob/index.js';
import { gobBytes, recordedConnections, sentValues, type Direction } from './recorded-sessions.js';
import { anyToTagged } from './tagged-output.js';
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
  const decoded: GobValue[] = [];
  for (let next = decoder.decodeAny(); next !== undefined; next = decoder.decodeAny())
    decoded.push(next.value);
  decoder.end();
  const expected = sentValues(connection, dir).map(({ value }) => normalise(value ?? null));
  expect(decoded.map((value, i) => comparable(value, expected[i]))).toEqual(expected);
});

/** Long bytes stand in the recording by their length and checksum. */
function comparable(value: GobValue, expected: Tagged | undefined): Tagged {
  const isShortened = typeof expected === 'object' && expected !== null && '$bytesLen' in expected;
  if (!isShortened || value.kind !== 'bytes') return anyToTagged(value);
  const sha256 = createHash('sha256').update(value.value).digest('hex');
  return normalise({ $bytesLen: value.value.length, sha256 });
}
