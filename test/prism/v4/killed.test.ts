import type { Simulator } from '../../../src/simulator/index.js';
import { OperationError, type Logger } from '../../../src/support/index.js';
import { context } from '../fixtures.js';
import { hasty, left, NOTHING, simulated } from '../simulated.js';
import { presetSpec, v4Providers } from './simulated-v4.js';

const { start, stop } = simulated();
const { to, stop: stopProviders } = v4Providers();
afterEach(async () => {
  await stopProviders();
  await stop();
});

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
  const creationToken = await to(simulator).issueCreationToken(name, context());
  const { signal, logger } = killer(exchange, ms);
  const end = await to(simulator, { logger })
    .create(creationToken, presetSpec(name), context(signal))
    .then(
      () => 'made',
      (error: unknown) => (error instanceof OperationError ? error.code : 'no OperationError'),
    );
  // Another process, which knows the token alone.
  await to(simulator).remove({ name, creationToken }, context());
  return end;
}

describe.each([
  ['fast', 1, 'refused'],
  ['slow to begin', 25, 'refused'],
  ['late to see a conflict', 10, 'task'],
] as const)('killed during a create, on a server that is %s', (_name, queue, staleTag) => {
  test.each([0, 1, 4])('%i ms after each of its exchanges: remove leaves nothing', async (ms) => {
    const profile = { call: () => 2, queue, task: () => 8, learn: 5, shutdown: 100 };
    const simulator = await start({ pcVersion: 'pc.7.6', profile, behaviour: { staleTag } });
    const ends: string[] = [];
    for (let exchange = 1; exchange < 30 && ends.at(-1) !== 'made'; exchange += 1) {
      ends.push(await killAndRemove(simulator, `web-${exchange}`, exchange, ms));
      expect(left(simulator)).toEqual(NOTHING);
    }
    await hasty.sleep(2_500);
    expect(left(simulator)).toEqual(NOTHING);
    expect(ends.slice(0, -1).filter((end) => end !== 'cancelled')).toEqual([]);
    expect(ends.at(-1)).toBe('made');
  });
});

describe('a connection that is cut', () => {
  test.each([
    ['before the server has acted', 'none'],
    ['after the server has acted', 'done'],
  ] as const)('%s, at each request of a create for good: remove leaves nothing', async (_name, effect) => {
    const simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
    for (let nth = 1; nth <= 8; nth += 1) {
      const name = `cut-${nth}`;
      const provider = to(simulator);
      const creationToken = await provider.issueCreationToken(name, context());
      simulator.addFault({ name: 'cut', match: { nth: { from: nth } }, do: { resetAfter: -1, effect } });
      const limit = AbortSignal.timeout(200);
      await provider.create(creationToken, presetSpec(name), context(limit)).catch(() => undefined);
      simulator.clearFaults();
      await to(simulator).remove({ name, creationToken }, context());
      expect(left(simulator)).toEqual(NOTHING);
    }
  });
});
