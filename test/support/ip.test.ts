import {
  ipv4Number,
  ipv4Range,
  ipv4Text,
  networkOf,
  networkOfOne,
  networkTest,
} from '../../src/support/index.js';

describe('networkOf', () => {
  it.each([
    ['10.1.0.0/16', '10.1.255.255', true],
    ['10.1.0.0/16', '10.2.0.0', false],
    ['10.1.2.3/16', '10.1.9.9', true], // the address need not be the network's first
    ['10.0.0.7/32', '10.0.0.7', true],
    ['10.0.0.7/32', '10.0.0.8', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['10.0.0.0/08', '10.9.9.9', true],
    ['10.0.0.0/8', '::ffff:10.0.0.7', true], // an IPv4 address, written as an IPv6 one
    ['10.0.0.0/8', '::ffff:11.0.0.7', false],
    ['10.0.0.0/8', 'fd00::7', false],
    ['fd00::/8', 'fd12::7', true],
    ['fd00::/8', 'FD12:0:0::7', true],
    ['fd00::/8', 'fe80::7', false],
    ['fd00::/8', '10.0.0.7', false],
    ['::1/128', '0:0:0:0:0:0:0:1', true],
    ['10.0.0.0/8', '10.0.0', false],
    ['10.0.0.0/8', '010.0.0.7', false], // octal to some programs, so to Node no address
    ['10.0.0.0/8', ' 10.0.0.7', false],
    ['10.0.0.0/8', 'host', false],
    ['10.0.0.0/8', '', false],
  ])('%s: %s is inside: %p', (cidr, ip, expected) => expect(networkOf(cidr)?.(ip)).toBe(expected));

  it.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/8 ',
    ' 10.0.0.0/8',
    '10.0.0.0/255.0.0.0',
    '10.0.0/8',
    '010.0.0.0/8',
    '10.0.0.0/0008',
    'fd00::/129',
    'fe80::1%eth0/64',
    'x/8',
    '/8',
    '/',
    '',
  ])('%j is no network', (text) => expect(networkOf(text)).toBeUndefined());
});

describe('networkTest', () => {
  it('is true for the addresses of any of the networks', () => {
    const test = networkTest('10.0.0.0/8', 'fd00::/8');
    expect(['10.0.0.1', 'fd00::1', '11.0.0.1', '::1'].map(test)).toEqual([true, true, false, false]);
  });

  it('refuses text that is no network', () => {
    expect(() => networkTest('10.0.0.0/8', 'ten')).toThrow('ten is not a network in CIDR form');
  });
});

test.each([
  ['10.0.0.7', '10.0.0.7/32'],
  ['fd00::7', 'fd00::7/128'],
])('the network of %s alone is %s', (ip, cidr) => expect(networkOfOne(ip)).toBe(cidr));

describe('IPv4 addresses as numbers', () => {
  it.each([
    ['0.0.0.0', 0],
    ['0.0.1.2', 258],
    ['127.77.0.10', 2_135_752_714],
    ['255.255.255.255', 4_294_967_295],
  ])('%s is %d, and the other way round', (text, number) => {
    expect(ipv4Number(text)).toBe(number);
    expect(ipv4Text(number)).toBe(text);
  });

  it('leading zeros are decimal', () => expect(ipv4Text(ipv4Number('010.001.000.008'))).toBe('10.1.0.8'));

  it.each([
    '',
    '10',
    '10.0.0',
    '10.0.0.0.0',
    '10.0.0.256',
    '10.0.0.-1',
    '10.0.0.0x1',
    '10.0.0. 1',
    '::1',
    'a.b.c.d',
  ])('%j is none', (text) => expect(ipv4Number(text)).toBeNaN());

  it.each([
    ['10.0.0.9', 24, '10.0.0.0', '10.0.0.255', 256],
    ['192.0.2.130', 25, '192.0.2.128', '192.0.2.255', 128],
    ['255.255.255.255', 0, '0.0.0.0', '255.255.255.255', 2 ** 32],
    ['10.0.0.7', 32, '10.0.0.7', '10.0.0.7', 1],
  ])('the network of %s/%d is %s to %s', (address, prefix, first, last, size) => {
    const range = ipv4Range(address, prefix);
    expect([ipv4Text(range.first), ipv4Text(range.last), range.size]).toEqual([first, last, size]);
  });
});
