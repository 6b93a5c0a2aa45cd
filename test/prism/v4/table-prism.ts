import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Connection } from '../../../src/provider/index.js';
import { createHttpClient } from '../../../src/prism/http/index.js';
import { SpokenVersions } from '../../../src/prism/discovery/index.js';
import { readErrorBody } from '../../../src/prism/shared/index.js';
import { V4Api } from '../../../src/prism/v4/api.js';
import type { KnownCreate, V4Backend } from '../../../src/prism/v4/backend.js';
import { KEEPS_CONNECTIONS } from '../../support/stand-still.js';
import { selfSigned } from '../certificate.js';
import { FastClock, KeptLog, PASSWORD, USER } from '../fixtures.js';

export interface TableAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

type Row = TableAnswer | ((asked: Asked) => TableAnswer);

/** What a path gets that nobody serves (reference v4 1.4). */
export const UNKNOWN_ROUTE: TableAnswer = {
  status: 404,
  json: {
    message:
      'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
  },
};

const certificate = selfSigned({ dns: ['localhost'], ips: ['127.0.0.1'] });

/** A Prism Central on loopback that answers by a table: `GET /api/…` to an answer; every other path is unknown. */
export class TablePrism {
  readonly asked: Asked[] = [];
  readonly #rows: Readonly<Record<string, Row>>;
  readonly #server: https.Server;

  private constructor(rows: Readonly<Record<string, Row>>) {
    this.#rows = rows;
    const { keyPem: key, certificatePem: cert } = certificate;
    this.#server = https.createServer({ ...KEEPS_CONNECTIONS, key, cert }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'https://prism');
        const text = Buffer.concat(chunks).toString();
        const asked: Asked = {
          method: request.method ?? '',
          path: url.pathname,
          query: url.searchParams,
          headers: request.headers,
          body: text === '' ? undefined : JSON.parse(text),
        };
        this.asked.push(asked);
        const row = this.#rows[`${asked.method} ${asked.path}`] ?? UNKNOWN_ROUTE;
        const { status, json, text: raw, headers } = typeof row === 'function' ? row(asked) : row;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(raw ?? (json === undefined ? '' : JSON.stringify(json)));
      });
    });
  }

  static async start(rows: Readonly<Record<string, Row>>): Promise<TablePrism> {
    const prism = new TablePrism(rows);
    prism.#server.listen(0, '127.0.0.1');
    await once(prism.#server, 'listening');
    return prism;
  }

  /** `GET /api/…`, without queries. */
  get calls(): readonly string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`);
  }

  get connection(): Connection {
    return {
      host: '127.0.0.1',
      port: (this.#server.address() as AddressInfo).port,
      credentials: { kind: 'password', username: USER, password: PASSWORD },
      trust: { kind: 'fingerprint', sha256: certificate.fingerprint },
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export interface TableScene {
  readonly prism: TablePrism;
  readonly backend: V4Backend;
  readonly log: KeptLog;
  readonly clock: FastClock;
}

/** Starts servers with a back end for each; `stop` ends them all. `spoken`: what is known of the server's versions. */
export function tableScenes(): {
  start: (rows: Readonly<Record<string, Row>>, spoken?: string) => Promise<TableScene>;
  stop: () => Promise<void>;
} {
  const scenes: TableScene[] = [];
  return {
    start: async (rows, spoken = '') => {
      const prism = await TablePrism.start(rows);
      const clock = new FastClock();
      const log = new KeptLog();
      const random = (): number => 0.5;
      const tools = { logger: log, clock, userAgent: 'test-driver/1', readErrorBody, random };
      const versions = SpokenVersions.parse(spoken) ?? SpokenVersions.newest();
      const api = new V4Api(createHttpClient(prism.connection, tools), versions);
      const creates = new Map<string, KnownCreate>();
      const backend = { api, clock, logger: log, random, product: 'test-driver', creates };
      const scene = { prism, backend, clock, log };
      scenes.push(scene);
      return scene;
    },
    stop: async () => {
      for (const { prism, backend } of scenes.splice(0)) {
        backend.api.close();
        await prism.close();
      }
    },
  };
}

/** An answer with this `data`; an empty list has none (reference v4 2.6). */
export function data(value: unknown, headers: Readonly<Record<string, string>> = {}): TableAnswer {
  const isEmpty = Array.isArray(value) && value.length === 0;
  const total = Array.isArray(value) ? value.length : 0;
  return {
    status: 200,
    json: { ...(isEmpty ? {} : { data: value }), metadata: { totalAvailableResults: total } },
    headers,
  };
}

/** A refusal in the form of recorded-v4 B1. */
export function appErrors(status: number, code: string, errorGroup: string, message: string): TableAnswer {
  const error = [{ message, severity: 'ERROR', code, locale: 'en-US', errorGroup }];
  return { status, json: { data: { error } } };
}

interface RecordedExchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: unknown;
  };
}

/** The exchanges of one recording with a real Prism Central (see golden/prism-v4/README.md). */
export function recorded(name: string): readonly RecordedExchange[] {
  const path = join(__dirname, '..', '..', 'golden', 'prism-v4', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as readonly RecordedExchange[];
}

/** A recorded exchange's answer; its length and encoding are the recorder's. */
export function recordedAnswer(name: string, index = 0): TableAnswer {
  const { status, headers, body } = recorded(name)[index]?.response ?? {
    status: 599,
    headers: {},
    body: null,
  };
  const kept = Object.entries(headers).flatMap(([header, value]): [string, string][] =>
    /^(content-(length|encoding)|set-cookie|expires)$/i.test(header) ? [] : [[header, value]],
  );
  return { status, json: body, headers: Object.fromEntries(kept) };
}
