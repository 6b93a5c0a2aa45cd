import { handshakeLine, isStartedByHost, readHostRequest } from '../../src/go-plugin/handshake.js';

const handshake = { cookie: { name: 'COOKIE', value: 'value' }, protocolVersion: 3 };

test.each([
  [{ COOKIE: 'value' }, true],
  [{ COOKIE: 'Value' }, false],
  [{ COOKIE: '' }, false],
  [{}, false],
])('with %j a host has started the plugin: %p', (environment, expected) => {
  expect(isStartedByHost(handshake, environment)).toBe(expected);
});

test('a host that says nothing wants a socket anywhere and no encryption', () => {
  const nothing = {
    socketFolder: undefined,
    socketGroup: undefined,
    ports: { first: 0, last: 0 },
    hostCertificate: undefined,
    asksForMultiplexing: false,
  };
  expect(readHostRequest({})).toEqual(nothing);
  const empty = [
    'UNIX_SOCKET_DIR',
    'UNIX_SOCKET_GROUP',
    'MIN_PORT',
    'MAX_PORT',
    'CLIENT_CERT',
    'MULTIPLEX_GRPC',
  ];
  expect(readHostRequest(Object.fromEntries(empty.map((name) => [`PLUGIN_${name}`, ''])))).toEqual(nothing);
});

test('all that a host can want is read', () => {
  expect(
    readHostRequest({
      PLUGIN_MIN_PORT: '10000',
      PLUGIN_MAX_PORT: '25000',
      PLUGIN_PROTOCOL_VERSIONS: '0,7',
      PLUGIN_UNIX_SOCKET_DIR: '/run/plugins',
      PLUGIN_UNIX_SOCKET_GROUP: '1000',
      PLUGIN_CLIENT_CERT: 'PEM',
      PLUGIN_MULTIPLEX_GRPC: 'true',
    }),
  ).toEqual({
    socketFolder: '/run/plugins',
    socketGroup: '1000',
    ports: { first: 10_000, last: 25_000 },
    hostCertificate: 'PEM',
    asksForMultiplexing: true,
  });
});

test.each([
  [{ PLUGIN_MIN_PORT: 'x', PLUGIN_MAX_PORT: '70000' }, /MIN_PORT is "x".*MAX_PORT is "70000".*0 to 65535/],
  [{ PLUGIN_MIN_PORT: '-1' }, /MIN_PORT is "-1"/],
  [{ PLUGIN_MIN_PORT: '2', PLUGIN_MAX_PORT: '1' }, /MIN_PORT 2 is greater than PLUGIN_MAX_PORT 1/],
])('%j is refused', (environment, text) => {
  expect(() => readHostRequest(environment)).toThrow(text);
});

const address = { network: 'unix', address: '/tmp/plugin1' } as const;

test.each([
  [undefined, false, '1|3|unix|/tmp/plugin1|grpc|\n'],
  [Buffer.from('0000'), false, '1|3|unix|/tmp/plugin1|grpc|MDAwMA\n'],
  [Buffer.from('00000'), true, '1|3|unix|/tmp/plugin1|grpc|MDAwMDA|false\n'],
  [undefined, true, '1|3|unix|/tmp/plugin1|grpc||false\n'],
])('the line of certificate %p, asked for multiplexing %p', (certificate, asked, line) => {
  expect(handshakeLine(3, address, certificate, asked)).toBe(line);
});
