import { once } from 'node:events';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { KEEPS_CONNECTIONS } from '../support/stand-still.js';
import { selfSigned, type TestCertificate } from './certificate.js';

/** What the server does with one request: a JSON answer, or something worse. */
export type Answer =
  | { readonly status: number; readonly json?: unknown; readonly text?: string; readonly headers?: Headers }
  /** Accepts the request and closes the connection. */
  | 'reset'
  /** Closes it in the middle of the body. */
  | 'cut'
  | 'silence';
type Headers = Readonly<Record<string, string | readonly string[]>>;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

interface Step {
  readonly call: string;
  readonly answer: Answer | ((request: SeenRequest) => Answer);
}

const BASE = '/api/nutanix/v3/';
const shared: { certificate?: TestCertificate } = {};

/**
 * A Prism Central that follows a script: groups of expected requests one after the other, in any order within a
 * group. Everything else is answered 599 and makes `done` fail, as an unused expectation does.
 */
export class ScriptedPrism {
  readonly requests: SeenRequest[] = [];
  readonly certificate: TestCertificate;
  readonly #server: https.Server;
  readonly #groups: Step[][] = [];
  readonly #surprises: string[] = [];
  connections = 0;

  private constructor(certificate: TestCertificate) {
    this.certificate = certificate;
    const { keyPem: key, certificatePem: cert } = certificate;
    this.#server = https.createServer(
      { ...KEEPS_CONNECTIONS, key, cert },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.on('secureConnection', () => (this.connections += 1));
  }

  static async start(host = '127.0.0.1', certificate?: TestCertificate): Promise<ScriptedPrism> {
    shared.certificate ??= selfSigned({ dns: ['localhost'], ips: ['127.0.0.1', '::1'] });
    const prism = new ScriptedPrism(certificate ?? shared.certificate);
    prism.#server.listen(0, host);
    await once(prism.#server, 'listening');
    return prism;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next request is this one: `GET vms/…`, relative to the v3 base. */
  on(call: string, answer: Step['answer']): this {
    this.#groups.push([{ call, answer }]);
    return this;
  }

  /** The next requests are these, in whatever order. */
  together(...steps: readonly (readonly [call: string, answer: Step['answer']])[]): this {
    this.#groups.push(steps.map(([call, answer]) => ({ call, answer })));
    return this;
  }

  /** Bodies of the requests of one call, in order. */
  bodies(call: string): unknown[] {
    return this.requests.filter(({ method, path }) => `${method} ${path}` === call).map(({ body }) => body);
  }

  calls(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  /** The script is over: nothing unexpected came and nothing expected is missing. */
  done(): void {
    const unused = this.#groups.flat().map(({ call }) => `not requested: ${call}`);
    expect([...this.#surprises, ...unused]).toEqual([]);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await read(incoming);
    this.requests.push(seen);
    const call = `${seen.method} ${seen.path}`;
    const group = this.#groups[0] ?? [];
    const index = group.findIndex((step) => step.call === call);
    const [step] = index === -1 ? [] : group.splice(index, 1);
    if (group.length === 0) this.#groups.shift();
    if (step === undefined) this.#surprises.push(`unexpected: ${call}`);
    const answer = typeof step?.answer === 'function' ? step.answer(seen) : step?.answer;
    await send(answer ?? { status: 599, text: `unexpected ${call}` }, response);
  }
}

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const url = incoming.url ?? '';
  return {
    method: incoming.method ?? '',
    path: url.startsWith(BASE) ? url.slice(BASE.length) : url,
    headers: incoming.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

async function send(answer: Answer, response: ServerResponse): Promise<void> {
  if (answer === 'silence') return;
  if (answer === 'reset') {
    response.socket?.destroy();
  } else if (answer === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
    response.write('{"metadata":');
    await setImmediate();
    response.socket?.destroy();
  } else {
    const text = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
    const headers = { 'content-type': 'application/json', 'x-ntnx-env': 'pc', ...answer.headers };
    response.writeHead(answer.status, headers);
    response.end(text);
  }
}
