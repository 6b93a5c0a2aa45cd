import fc from 'fast-check';
import { isIP } from 'node:net';
import type { Nic } from '../../src/provider/index.js';
import { chooseAddresses } from '../../src/host/address-choice.js';
import { networkTest } from '../../src/support/index.js';

/** A NIC from a short form: `10.0.0.5` was learned, `=10.0.0.5` assigned. */
const nic = (...addresses: string[]): Nic => ({
  subnet: 'lan',
  addresses: addresses.map((text) =>
    text.startsWith('=') ? { ip: text.slice(1), source: 'assigned' } : { ip: text, source: 'learned' },
  ),
});
const usable = (nics: readonly Nic[], network?: string): string[] =>
  chooseAddresses(nics, network).usable.map(({ ip }) => ip);

describe('chooseAddresses', () => {
  it.each<[string, Nic[], string | undefined, string[]]>([
    ['no NIC', [], undefined, []],
    ['a NIC without address', [nic()], undefined, []],
    ['one address', [nic('10.0.0.5')], undefined, ['10.0.0.5']],
    ['the same address, assigned and learned', [nic('=10.0.0.5', '10.0.0.5')], undefined, ['10.0.0.5']],
    [
      'an alias beside the assigned one',
      [nic('=10.0.0.5', '10.0.0.9', '10.0.0.5')],
      undefined,
      ['10.0.0.5', '10.0.0.9'],
    ],
    [
      'learned before assigned, on any NIC',
      [nic('=10.0.0.5'), nic('10.1.0.5')],
      undefined,
      ['10.1.0.5', '10.0.0.5'],
    ],
    ['the order of NICs', [nic('10.2.0.5'), nic('10.1.0.5')], undefined, ['10.2.0.5', '10.1.0.5']],
    ['link-local', [nic('169.254.1.1', '10.0.0.5')], undefined, ['10.0.0.5']],
    ['loopback that was learned', [nic('127.0.0.1')], undefined, []],
    ['loopback that was assigned (a simulator)', [nic('=127.77.0.10')], undefined, ['127.77.0.10']],
    ['loopback assigned and learned', [nic('=127.77.0.10', '127.77.0.10')], undefined, ['127.77.0.10']],
    ['loopback that was asked for', [nic('127.78.0.5')], '127.78.0.0/16', ['127.78.0.5']],
    ['unspecified', [nic('0.0.0.0', '=0.1.2.3')], undefined, []],
    ['multicast and broadcast', [nic('224.0.0.1', '255.255.255.255')], undefined, []],
    ['IPv6', [nic('fd00::5', '10.0.0.5')], undefined, ['10.0.0.5']],
    ['IPv6 that was asked for', [nic('10.0.0.5', 'fe80::1', 'fd00::5')], 'fd00::/8', ['fd00::5']],
    ['nonsense', [nic('', 'x', '10.0.0.256', '10.0.0.5/24')], undefined, []],
    ["Docker's bridge", [nic('172.17.0.1', '10.0.0.5')], undefined, ['10.0.0.5']],
    [
      "gateways of Docker's further networks",
      [nic('172.18.0.1', '172.31.0.1', '172.18.0.7')],
      undefined,
      ['172.18.0.7'],
    ],
    [
      'gateways of libvirt and podman',
      [nic('192.168.122.1', '10.88.0.1', '10.0.0.5')],
      undefined,
      ['10.0.0.5'],
    ],
    ['a gateway that the network gave', [nic('=172.18.0.1')], undefined, ['172.18.0.1']],
    ["a subnet in Docker's range", [nic('=172.17.3.5', '172.17.3.5')], undefined, ['172.17.3.5']],
    [
      "a bridge on a subnet in Docker's range",
      [nic('=172.17.3.5', '172.17.0.1')],
      undefined,
      ['172.17.0.1', '172.17.3.5'],
    ],
    ["Docker's range, asked for", [nic('172.17.3.5')], '172.17.0.0/16', ['172.17.3.5']],
    [
      'the network that was asked for',
      [nic('10.0.0.5'), nic('192.168.7.5')],
      '192.168.0.0/16',
      ['192.168.7.5'],
    ],
    ['a network that is not there', [nic('10.0.0.5')], '192.168.0.0/16', []],
    ['link-local, asked for', [nic('169.254.1.1')], '169.254.0.0/16', []],
  ])('%s', (_case, nics, network, expected) => expect(usable(nics, network)).toEqual(expected));

  it('says why it refuses an address', () => {
    const { refused } = chooseAddresses([
      nic('169.254.1.1', '127.0.0.1', '172.17.0.1', 'fd00::1', '0.0.0.0', 'x'),
    ]);
    expect(refused.map(({ ip, why }) => `${ip}: ${why}`)).toEqual([
      '169.254.1.1: link-local',
      '127.0.0.1: loopback',
      "172.17.0.1: Docker's own bridge",
      'fd00::1: IPv6',
      '0.0.0.0: unspecified',
      'x: not an IP address',
    ]);
    expect(chooseAddresses([nic('10.0.0.5')], '192.168.0.0/16').refused).toEqual([
      { ip: '10.0.0.5', why: 'not in 192.168.0.0/16', onRequest: true },
    ]);
  });

  const source = fc.constantFrom('assigned' as const, 'learned' as const);
  const ip = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom(
      '127.0.0.1',
      '169.254.0.7',
      '172.17.0.2',
      '10.0.0.1',
      '::',
      'fe80::1',
      '::1',
      'ff02::1',
      '0.0.0.0',
      '',
      'x',
    ),
    fc.string({ maxLength: 5 }),
  );
  const nics = fc.array(
    fc.record({
      subnet: fc.constant('lan'),
      addresses: fc.array(fc.record({ ip, source }), { maxLength: 4 }),
    }),
    { maxLength: 4 },
  );
  const network = fc.option(
    fc.constantFrom('10.0.0.0/8', '0.0.0.0/0', '::/0', '172.17.0.0/16', '10.0.0.1/32'),
    { nil: undefined },
  );

  it('sorts every address into one of two lists, once', () => {
    fc.assert(
      fc.property(nics, network, (given, cidr) => {
        const { usable: good, refused } = chooseAddresses(given, cidr);
        const all = new Set(given.flatMap((one) => one.addresses.map((address) => address.ip)));
        const sorted = [...good, ...refused].map((one) => one.ip);
        expect(new Set(sorted)).toEqual(all);
        expect(sorted).toHaveLength(all.size);
      }),
    );
  });

  it('never gives out what cannot be reached', () => {
    const never = ['169.254.0.0/16', 'fe80::/10', '0.0.0.0/8', '224.0.0.0/3', 'ff00::/8', '::/128'].map(
      (cidr) => networkTest(cidr),
    );
    fc.assert(
      fc.property(nics, network, (given, cidr) => {
        for (const { ip: chosen, nic: index, source: from } of chooseAddresses(given, cidr).usable) {
          expect(isIP(chosen)).not.toBe(0);
          expect(never.some((test) => test(chosen))).toBe(false);
          expect(given[index]?.addresses).toContainEqual({ ip: chosen, source: from });
          if (cidr !== undefined) expect(networkTest(cidr)(chosen)).toBe(true);
        }
      }),
    );
  });

  it('puts learned addresses first, and within them the first NIC', () => {
    fc.assert(
      fc.property(nics, network, (given, cidr) => {
        const rank = chooseAddresses(given, cidr).usable.map(
          (one) => (one.source === 'learned' ? 0 : 100) + one.nic,
        );
        expect(rank).toEqual([...rank].sort((a, b) => a - b));
      }),
    );
  });
});

describe('networkTest', () => {
  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'x/8', '', '/', '10.0.0.0/-1', '10.0.0.0/8/8', '::/129'])(
    'refuses %j',
    (cidr) => {
      expect(() => networkTest(cidr)).toThrow('is not a network in CIDR form');
    },
  );
});
