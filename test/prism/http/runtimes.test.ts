import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Connection, Trust } from '../../../src/provider/index.js';
import type { ProbeCase, ProbeResults } from '../bun/probe.js';
import { SEQUENCE } from '../bun/sequence.js';
import { chainOfThree, selfSigned } from '../certificate.js';
import { closed, connectProxy, hostileServer, plainServer, portOf } from '../hostile-server.js';
import { FAREWELLS, oneAnswerServer } from '../one-answer-server.js';
import { goTable, ourAnswer } from './proxy/go-table.js';
import { oddProxy, ODD_PROXIES } from './proxy/odd-proxies.js';

const run = promisify(execFile);
const root = join(__dirname, '..', '..', '..');
const bun = join(root, 'node_modules', '.bin', 'bun');
const probe = join(root, 'test', 'prism', 'bun', 'probe.ts');

const certificate = selfSigned({ dns: ['localhost'], ips: ['127.0.0.1', '::1'] });
const nameless = selfSigned();
const chain = chainOfThree();
/** What the system trusts while the probe runs. */
const company = selfSigned({ ips: ['127.0.0.1'] });
const servers: (HttpServer | Server)[] = [];
const odd: { close(): void }[] = [];
const folder = mkdtempSync(join(tmpdir(), 'probe-'));
let cases: ProbeCase[];
const proxies = goTable().cases;
const sequences: Connection[] = [];
const served: string[][] = [];

beforeAll(async () => {
  const named = await hostileServer(certificate, '127.0.0.1');
  const ipv6 = await hostileServer(certificate, '::1');
  const unnamed = await hostileServer(nameless, '127.0.0.1');
  const plain = await plainServer();
  const proxy = await connectProxy();
  const wall = await connectProxy(407);
  const gone = await plainServer();
  const gonePort = portOf(gone);
  await closed(gone);
  const tlsProxy = await connectProxy(undefined, company);
  const { server: leaf, authority } = chain;
  const chained = { ...leaf, certificatePem: leaf.certificatePem + authority.certificatePem };
  const third = await hostileServer(chained, '127.0.0.1');
  const strangeProxy = await connectProxy(undefined, nameless);
  servers.push(named, ipv6, unnamed, plain, proxy, wall, tlsProxy, strangeProxy, third);

  const pinned: Trust = { kind: 'fingerprint', sha256: certificate.fingerprint };
  const to = (port: number, more: Partial<Connection> = {}): Connection => ({
    host: '127.0.0.1',
    port,
    credentials: { kind: 'password', username: 'u', password: 'p' },
    trust: pinned,
    ...more,
  });
  const at = portOf(named);
  const kept = (path: string): ProbeCase => ({
    name: path,
    connection: to(at),
    path,
    endless: path === '/silence' ? 'answer' : undefined,
  });
  const one = (name: string, connection: Connection): ProbeCase => ({ name, connection, path: '/ok' });
  cases = [
    ...['/ok', '/reset', '/cut-length', '/cut-chunks', '/silence', '/abort', '/big', '/bomb'].map(kept),
    ...['/html', '/redirect', '/garbage'].map(kept),
    one('system trust', to(at, { trust: { kind: 'system' } })),
    one('wrong fingerprint', to(at, { trust: { kind: 'fingerprint', sha256: 'ab'.repeat(32) } })),
    one('authority', to(at, { trust: { kind: 'authorities', pem: certificate.certificatePem } })),
    one(
      'authority, localhost',
      to(at, { host: 'localhost', trust: { kind: 'authorities', pem: certificate.certificatePem } }),
    ),
    ...(['root', 'authority', 'server'] as const).map((part) =>
      one(
        `chain, given its ${part}`,
        to(portOf(third), { trust: { kind: 'authorities', pem: chain[part].certificatePem } }),
      ),
    ),
    one(
      'chain, given another authority',
      to(portOf(third), { trust: { kind: 'authorities', pem: chainOfThree().authority.certificatePem } }),
    ),
    one('other authority', to(at, { trust: { kind: 'authorities', pem: nameless.certificatePem } })),
    one(
      'certificate without the name',
      to(portOf(unnamed), { trust: { kind: 'authorities', pem: nameless.certificatePem } }),
    ),
    one('insecure', to(portOf(unnamed), { trust: { kind: 'insecure' } })),
    one('IPv6', to(portOf(ipv6), { host: '::1' })),
    one('proxy', to(at, { proxyUrl: `http://me:s%40cret@127.0.0.1:${portOf(proxy)}` })),
    one('proxy to IPv6', to(portOf(ipv6), { host: '::1', proxyUrl: `http://127.0.0.1:${portOf(proxy)}` })),
    one('proxy refuses', to(at, { proxyUrl: `http://127.0.0.1:${portOf(wall)}` })),
    one('proxy by TLS', to(at, { proxyUrl: `https://me:p@127.0.0.1:${portOf(tlsProxy)}` })),
    one('proxy by TLS, not trusted', to(at, { proxyUrl: `https://127.0.0.1:${portOf(strangeProxy)}` })),
    one('proxy without TLS by TLS', to(at, { proxyUrl: `https://127.0.0.1:${portOf(proxy)}` })),
    one('proxy with TLS by none', to(at, { proxyUrl: `http://127.0.0.1:${portOf(tlsProxy)}` })),
    one('proxy of an unknown name', to(at, { proxyUrl: 'http://proxy.invalid:3128' })),
    one('no TLS', to(portOf(plain))),
    one('nobody listens', to(gonePort)),
  ];
  for (const farewell of FAREWELLS) {
    const requests: string[] = [];
    served.push(requests);
    const server = await oneAnswerServer(certificate, farewell, (request, response) => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
    servers.push(server);
    sequences.push(to(portOf(server)));
  }
  for (const behaviour of ODD_PROXIES) {
    const strange = await oddProxy(behaviour);
    odd.push(strange);
    const connection = to(9440, { host: 'pc.test', proxyUrl: `http://127.0.0.1:${strange.port}` });
    const endless = behaviour.startsWith('says nothing') ? 'connection' : undefined;
    cases.push({ ...one(`proxy ${behaviour}`, connection), endless });
  }
});

afterAll(async () => {
  for (const proxy of odd) proxy.close();
  await closed(...servers);
  rmSync(folder, { recursive: true });
});

async function results(file: string, ...before: string[]): Promise<ProbeResults> {
  const authorities = join(folder, 'company.pem');
  writeFileSync(authorities, company.certificatePem);
  const env = { ...process.env, SSL_CERT_FILE: authorities };
  for (const requests of served) requests.length = 0;
  const { stdout } = await run(file, [...before, JSON.stringify({ cases, proxies, sequences })], { env });
  return JSON.parse(stdout) as ProbeResults;
}

const EXPECTED: Readonly<Record<string, string>> = {
  '/ok': '200',
  '/reset': 'unreachable reset true',
  '/cut-length': 'unreachable reset true',
  '/cut-chunks': 'unreachable reset true',
  '/silence': 'unreachable slow true',
  '/abort': 'cancelled - false',
  '/big': 'unexpected-response too-large true',
  '/bomb': 'unexpected-response too-large true',
  '/html': 'unexpected-response - false',
  '/redirect': 'unexpected-response - false',
  '/garbage': 'unexpected-response protocol true',
  'system trust': 'untrusted-certificate trust false',
  'wrong fingerprint': 'untrusted-certificate trust false',
  authority: '200',
  'authority, localhost': '200',
  'chain, given its root': '200',
  'chain, given its authority': '200',
  'chain, given its server': '200',
  'chain, given another authority': 'untrusted-certificate trust false',
  'other authority': 'untrusted-certificate trust false',
  'certificate without the name': '200',
  insecure: '200',
  IPv6: '200',
  proxy: '200',
  'proxy to IPv6': '200',
  'proxy refuses': 'unreachable proxy-sign-in false',
  'proxy by TLS': '200',
  'proxy by TLS, not trusted': 'unreachable trust false',
  'proxy without TLS by TLS': 'unreachable protocol false',
  'proxy with TLS by none': 'unreachable reset false',
  'proxy of an unknown name': 'unreachable name-resolution false',
  'proxy refuses without a password': 'unreachable proxy-sign-in false',
  'proxy forbids the target': 'unreachable proxy false',
  'proxy cannot reach the target': 'unreachable connection false',
  'proxy is an ordinary web server': 'unreachable proxy false',
  'proxy closes at once': 'unreachable reset false',
  'proxy closes when asked': 'unreachable reset false',
  'proxy says nothing': 'unreachable slow false',
  'proxy speaks something else': 'unreachable protocol false',
  'proxy closes the tunnel': 'unreachable reset false',
  'proxy says nothing in the tunnel': 'unreachable slow false',
  'proxy is not there': 'unreachable connection false',
  'no TLS': 'unreachable protocol false',
  'nobody listens': 'unreachable connection false',
};

/** Whatever becomes of connections, each request is answered, and arrives once. */
function expectEachOnce(found: ProbeResults): void {
  expect(found.sequences).toEqual(FAREWELLS.map(() => SEQUENCE.map(() => 200).join(' ')));
  expect(served).toEqual(FAREWELLS.map(() => SEQUENCE));
}

function outcomes({ cases: found }: ProbeResults): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([name, { outcome }]) => [name, outcome]));
}

test('connections end the same way on Node', async () => {
  const bundle = join(folder, 'probe.cjs');
  await run(bun, ['build', probe, '--target=node', '--format=cjs', '--outfile', bundle]);
  const found = await results(process.execPath, bundle);
  expect(outcomes(found)).toEqual(EXPECTED);
  expectEachOnce(found);
  expect(found.cases['system trust']?.message).toContain(`sha256:${certificate.fingerprint}`);
});

test('and in an executable compiled by Bun', async () => {
  const executable = join(folder, 'probe');
  await run(bun, ['build', probe, '--compile', '--minify', '--outfile', executable]);
  const found = await results(executable);
  expect(outcomes(found)).toEqual(EXPECTED);
  expectEachOnce(found);
  expect(found.proxies).toEqual(proxies.map(ourAnswer));
  expect(found.cases['wrong fingerprint']?.message).toContain(`sha256:${certificate.fingerprint}`);
});
