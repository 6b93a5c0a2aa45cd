import {
  selfSignedCertificate,
  startSimulator,
  type SavedState,
  type Simulator,
} from '../../src/simulator/index.js';
import { serverCertificate } from '../../src/simulator/state/server-identity.js';
import { silentLogger } from '../../src/support/index.js';

const [one, other] = [selfSignedCertificate('127.0.0.1'), selfSignedCertificate('127.0.0.1')];

/** The certificate of a server on `host` that has `one` in its saved state, and what is said of it. */
function chosen(host: string, certificate = one): { isKept: boolean; warnings: string[] } {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
  const made = serverCertificate({ host, certificate: undefined, saved: { certificate }, logger });
  return { isKept: made === certificate, warnings };
}

async function brief(start: Promise<Simulator>): Promise<{ state: SavedState; known: unknown }> {
  const simulator = await start;
  const { fingerprint, username, password } = simulator;
  const state = simulator.save();
  await simulator.close();
  return { state, known: { fingerprint, username, password } };
}

test('a simulator with a saved state is known by the same certificate and password', async () => {
  const first = await brief(startSimulator());
  const state: unknown = JSON.parse(JSON.stringify(first.state));
  expect((await brief(startSimulator({ state }))).known).toEqual(first.known);
});

test('what a person has given is not saved, and comes before what is saved', async () => {
  const given = await brief(startSimulator({ certificate: one, password: 'given' }));
  expect(given.state.server).toEqual({});
  const made = await brief(startSimulator());
  const again = await brief(startSimulator({ state: made.state, certificate: one, password: 'given' }));
  expect(again.known).toEqual(given.known);
});

test.each([['127.0.0.1'], ['localhost'], ['0.0.0.0'], ['::']])('it holds for %s', (host) => {
  expect(chosen(host)).toEqual({ isKept: true, warnings: [] });
});

test.each([['10.0.0.1'], ['prism.example']])('for %s a new one is made, and that is said', (host) => {
  expect(chosen(host)).toEqual({
    isKept: false,
    warnings: [expect.stringContaining(`is not for ${host}; a new one`)],
  });
});

test('an expired one is replaced', () => {
  jest.useFakeTimers({ now: Date.now() + 366 * 24 * 60 * 60_000 });
  try {
    expect(chosen('127.0.0.1')).toMatchObject({
      isKept: false,
      warnings: [expect.stringContaining('expired')],
    });
  } finally {
    jest.useRealTimers();
  }
});

test.each([
  ['no certificate', { ...one, certificatePem: 'x' }],
  ['no key', { ...one, keyPem: 'x' }],
  ["another one's key", { ...one, keyPem: other.keyPem }],
])('%s is refused', (_, damaged) => {
  expect(() => chosen('127.0.0.1', damaged)).toThrow(/^read the certificate of the saved state: .+$/);
});
