import type { Simulator } from '../../src/simulator/index.js';
import { OperationError, type Logger } from '../../src/support/index.js';
import { context } from './fixtures.js';
import { hasty, left, NOTHING, simulated, specFrom } from './simulated.js';

const { start, providerTo, stop } = simulated();
afterEach(stop);

/** Aborts a create `ms` after its exchange number `exchange` ended, as a killed process would. */
function killer(exchange: number, ms: number): { readonly signal: AbortSignal; readonly logger: Logger } {
  const controller = new AbortController();
  const killed = new OperationError({ code: 'cancelled', attempted: 'create host', problem: 'killed' });
  const kill = (): unknown =>
    ms === 0 ? controller.abort(killed) : setTimeout(() => controller.abort(killed), ms);
  let ended = 0;
  const count = (line: string): void => {
    if (line.includes(' -> ') && (ended += 1) === exchange) kill();
  };
  return { signal: controller.signal, logger: { debug: count, info: count, warn: count } };
}

async function killAndRemove(
  simulator: Simulator,
  name: string,
  exchange: number,
  ms: number,
): Promise<string> {
  const healthy = providerTo(simulator);
  const spec = await specFrom(healthy, name);
  const creationToken = await healthy.issueCreationToken(name, context());
  const { signal, logger } = killer(exchange, ms);
  const end = await providerTo(simulator, logger)
    .create(creationToken, spec, context(signal))
    .then(
      () => 'made',
      (error: unknown) => (error instanceof OperationError ? error.code : 'no OperationError'),
    );
  await healthy.remove({ name, creationToken }, context());
  return end;
}

describe.each([
  ['fast', { earlyRead: 'not-found' }, 'pc.2024.3', 1],
  ['slow to begin', { earlyRead: 'not-found' }, 'pc.2024.3', 25],
  ['visible early', { earlyRead: 'pending' }, 'pc.2024.3', 10],
  ['before pc.2022.1', { earlyRead: 'not-found' }, 'pc.2021.9', 10],
] as const)('killed during a create, on a server that is %s', (_name, behaviour, pcVersion, queue) => {
  test.each([0, 1, 4])('%i ms after each of its exchanges: remove leaves nothing', async (ms) => {
    const profile = { call: () => 2, queue, task: () => 8, learn: 5, shutdown: 100 };
    const simulator = await start({ behaviour, pcVersion, profile });
    const ends: string[] = [];
    for (let exchange = 1; exchange < 20 && ends.at(-1) !== 'made'; exchange += 1) {
      ends.push(await killAndRemove(simulator, `web-${exchange}`, exchange, ms));
      expect(left(simulator)).toEqual(NOTHING);
    }
    await hasty.sleep(2_500);
    expect(left(simulator)).toEqual(NOTHING);
    expect(ends.slice(0, -1).filter((end) => end !== 'cancelled')).toEqual([]);
    expect(ends.at(-1)).toBe('made');
  });
});
