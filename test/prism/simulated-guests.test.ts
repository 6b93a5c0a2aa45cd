import { noGuests } from '../../src/simulator/guests/index.js';
import { context } from './fixtures.js';
import { request, simulated } from './simulated.js';

/** Whether hosts will have engines that run containers: a simulator says it, a real Prism Central says nothing. */
describe('containers on hosts of this cloud', () => {
  const simulators = simulated();
  afterEach(() => simulators.stop());

  test.each([
    ['none', false],
    ['emulated', false],
    ['container', true],
  ])('a simulator with guests of the kind %s: %s, once it has answered', async (kind, expected) => {
    const simulator = await simulators.start({ guests: { ...noGuests(), kind } });
    const provider = simulators.providerTo(simulator);
    expect(provider.runsContainers).toBeUndefined();
    await provider.resolve(request, context());
    expect(provider.runsContainers).toBe(expected);
  });
});
