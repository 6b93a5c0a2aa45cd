import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trustAdvice } from '../../../../src/prism/http/advice.js';
import { createHttpClient } from '../../../../src/prism/http/index.js';
import type { Trust } from '../../../../src/provider/index.js';
import { silentLogger } from '../../../../src/support/index.js';
import { selfSigned } from '../../certificate.js';
import { FastClock, rejection } from '../../fixtures.js';
import { closed, hostileServer, portOf } from '../../hostile-server.js';

const certificate = selfSigned({ ips: ['127.0.0.1'] });
let server: Server;
let connections = 0;
beforeAll(async () => {
  server = await hostileServer(certificate, '127.0.0.1');
  server.on('connection', () => (connections += 1));
});
afterAll(() => closed(server));

async function ask(trust: Trust, times = 1): Promise<number[]> {
  const credentials = { kind: 'password', username: 'u', password: 'hunter2' } as const;
  const client = createHttpClient(
    { host: '127.0.0.1', port: portOf(server), credentials, trust },
    {
      logger: silentLogger,
      clock: new FastClock(),
      userAgent: 't/1',
      readErrorBody: () => ({ reasons: [], text: '' }),
    },
  );
  const signal = new AbortController().signal;
  const statuses: number[] = [];
  try {
    for (let i = 0; i < times; i += 1) {
      const reply = await client.send({
        method: 'GET',
        path: '/ok',
        repeatable: true,
        attempted: 'test',
        signal,
      });
      statuses.push(reply.status);
    }
    return statuses;
  } finally {
    client.close();
  }
}

test('the refusal names the certificate and says how to trust it, the unsafe way last', async () => {
  const error = await rejection(ask({ kind: 'system' }));
  expect(error).toMatchObject({ code: 'untrusted-certificate', attempted: 'test' });
  const message = String(error);
  expect(message).toContain(`the server's certificate is sha256:${certificate.fingerprint}`);
  expect(message).toContain('for CN=prism.test, signed by itself, valid until');
  const ways = ['by its fingerprint: sha256:', 'certificate file of the authority', 'only as a last resort'];
  const places = ways.map((way) => message.indexOf(way));
  expect(Math.min(...places)).toBeGreaterThan(0);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
});

test('a front end’s own names for these ways are used', () => {
  const settings = {
    fingerprint: '--pin',
    authorities: '--ca',
    insecure: '--unsafe',
    proxy: '--proxy',
    api: '--api',
  };
  expect(trustAdvice('ab', settings)).toBe(
    'If this is your Prism Central, trust this certificate by its fingerprint: --pin sha256:ab; or give the ' +
      'certificate file of the authority that signed it (--ca); only as a last resort switch certificate ' +
      'verification off (--unsafe).',
  );
});

test('a pinned certificate that is not the one is refused before a byte of HTTP is sent', async () => {
  let requests = 0;
  const count = (): void => void (requests += 1);
  server.on('request', count);
  const error = await rejection(ask({ kind: 'fingerprint', sha256: '00'.repeat(32) }));
  server.off('request', count);
  expect(error).toMatchObject({ code: 'untrusted-certificate' });
  expect(String(error)).toContain(`is not the pinned one (sha256:${'00'.repeat(32)})`);
  expect(requests).toBe(0);
});

test('what was refused is not tried again', async () => {
  connections = 0;
  const client = createHttpClient(
    {
      host: '127.0.0.1',
      port: portOf(server),
      credentials: { kind: 'api-key', key: 'k' },
      trust: { kind: 'fingerprint', sha256: '00'.repeat(32) },
    },
    {
      logger: silentLogger,
      clock: new FastClock(),
      userAgent: 't/1',
      readErrorBody: () => ({ reasons: [], text: '' }),
    },
  );
  const signal = new AbortController().signal;
  for (const attempted of ['one', 'two', 'three']) {
    const error = await rejection(
      client.send({ method: 'GET', path: '/ok', repeatable: true, attempted, signal }),
    );
    expect(error).toMatchObject({ code: 'untrusted-certificate', attempted });
  }
  expect(connections).toBe(2); // the attempt, and the look at the certificate
  client.close();
});

test('a fingerprint in capitals is the same fingerprint', async () => {
  expect(await ask({ kind: 'fingerprint', sha256: certificate.fingerprint.toUpperCase() })).toEqual([200]);
});

test('an authority of the operating system is trusted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, certificate.certificatePem);
  process.env['SSL_CERT_FILE'] = file;
  try {
    expect(await ask({ kind: 'system' })).toEqual([200]);
  } finally {
    delete process.env['SSL_CERT_FILE'];
    rmSync(folder, { recursive: true });
  }
});

test('one connection serves many requests', async () => {
  connections = 0;
  expect(await ask({ kind: 'fingerprint', sha256: certificate.fingerprint }, 5)).toEqual([
    200, 200, 200, 200, 200,
  ]);
  expect(connections).toBe(1);
});
