import { SpoiltReads } from '../../../src/simulator/http/spoilt-reads.js';
import { Injector } from '../../../src/simulator/core/faults/injector.js';
import { parsePcVersion } from '../../../src/simulator/core/pc-version.js';

function lagging(lag: number): ReturnType<Injector['strike']> {
  const injector = new Injector(parsePcVersion('pc.7.6'));
  injector.add({ name: 'f', do: { lag } });
  return injector.strike({ method: 'GET', path: '/x', pattern: '/x', kind: 'x' });
}

test('reads of a path show what was before a change, as often as the rule says', () => {
  const reads = new SpoiltReads();
  const read = (path: string, state: string): unknown =>
    reads.spoil(path, lagging(2), { status: 200, body: { state } }).body;
  const seen = ['OFF', 'OFF', 'ON', 'ON', 'ON', 'ON', 'OFF', 'OFF', 'OFF'].map((state) => read('/a', state));
  expect(seen).toEqual(
    ['OFF', 'OFF', 'OFF', 'OFF', 'ON', 'ON', 'ON', 'ON', 'OFF'].map((state) => ({ state })),
  );
  expect(read('/b', 'ON')).toEqual({ state: 'ON' });
});
