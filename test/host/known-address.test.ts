import type { Nic } from '../../src/provider/index.js';
import { LocationSetup, nic, type LocationChoice, type Port } from './location-setup.js';

let setup: LocationSetup;
beforeEach(() => (setup = new LocationSetup()));
afterEach(async () => await setup.dispose());

describe('the address of a guest', () => {
  const floating = nic('10.0.0.200', 'learned');
  it.each<[string, Record<string, Port>, readonly string[], Nic[], LocationChoice, string, number]>([
    [
      'the known one, though a floating one is listed first and answers',
      { '10.0.0.200': 'connected', '10.0.0.5': 'connected' },
      ['10.0.0.200'],
      [floating, nic('10.0.0.5', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.5',
      0,
    ],
    [
      'the known one, on the second NIC',
      { '10.0.0.5': 'connected', '10.1.0.5': 'connected' },
      [],
      [nic('10.0.0.5'), nic('10.1.0.5')],
      { knownAddress: '10.1.0.5' },
      '10.1.0.5',
      0,
    ],
    [
      'the known one, when nothing accepts the key for a minute',
      { '10.0.0.200': 'connected' },
      [],
      [floating, nic('10.0.0.5', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.5',
      60,
    ],
    [
      'another one that accepts the key, when the known one stays silent',
      { '10.0.0.200': 'connected', '10.0.0.77': 'connected' },
      ['10.0.0.77'],
      [floating, nic('10.0.0.5', 'learned'), nic('10.0.0.77', 'learned')],
      { knownAddress: '10.0.0.5', mustAnswer: true },
      '10.0.0.77',
      60,
    ],
    [
      'the one that accepts the key, when the known one is listed no more',
      { '10.0.0.200': 'connected', '10.0.0.77': 'connected' },
      ['10.0.0.77'],
      [floating, nic('10.0.0.77', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.77',
      0,
    ],
    [
      'as with a new host, when the known one is listed no more and nothing accepts the key',
      { '10.0.0.200': 'connected' },
      [],
      [floating, nic('10.0.0.77', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.200',
      60,
    ],
    [
      'the only one that is left, without a look at its key',
      {},
      [],
      [nic('10.0.0.77', 'learned')],
      { knownAddress: '10.0.0.5' },
      '10.0.0.77',
      0,
    ],
  ])('was known, and is %s', async (_case, states, recognised, nics, options, expected, seconds) => {
    setup.ports = states;
    setup.ours = recognised;
    const { find } = await setup.locationOf(nics, options);
    expect(await find()).toBe(expected);
    expect(setup.clock.slept).toBeGreaterThanOrEqual(seconds * 1_000);
    expect(setup.clock.slept).toBeLessThanOrEqual(seconds === 0 ? 0 : (seconds + 4) * 1_000);
    if (nics.length === 1 || (seconds === 0 && expected === options.knownAddress))
      expect(setup.asked).toEqual([]);
  });

  it('that is known has its time to come up while a floating one answers', async () => {
    setup.ports = { '10.0.0.200': 'connected' };
    setup.ours = ['10.0.0.200'];
    const { find } = await setup.locationOf([floating, nic('10.0.0.5')], { knownAddress: '10.0.0.5' });
    setup.clock.onSleep((now) => {
      if (now > 30_000) setup.ports = { ...setup.ports, '10.0.0.5': 'connected' };
    });
    expect(await find()).toBe('10.0.0.5');
    expect([setup.warnings, setup.asked]).toEqual([[], []]);
  });

  it('once found stays, though another one answers first the next time', async () => {
    setup.ports = { '10.0.0.5': 'connected' };
    const { find } = await setup.locationOf([nic('10.0.0.5', 'learned')], { mustAnswer: true });
    expect(await find()).toBe('10.0.0.5');
    setup.cloud.nics = [floating, nic('10.0.0.5', 'learned')];
    setup.ports = { '10.0.0.200': 'connected' };
    setup.clock.onSleep((now) => {
      if (now > 20_000) setup.ports = { ...setup.ports, '10.0.0.5': 'connected' };
    });
    expect(await find()).toBe('10.0.0.5');
  });
});
