/**
 * Drives the whole HTTP chain against servers that a test has set up, and prints what came of each case as JSON.
 * The test runs it on Node and as an executable compiled by Bun, and compares: TLS, proxies and broken
 * connections are where the two runtimes could differ.
 *
 * Input: one JSON argument, a ProbeInput.
 */
import {
  createHttpClient,
  mayHaveHappened,
  noAnswerBehind,
  type HttpClient,
} from '../../../src/prism/http/index.js';
import type { Connection } from '../../../src/provider/index.js';
import { SEQUENCE } from './sequence.js';
import { ourAnswer, type GoCase } from '../http/proxy/go-table.js';
import { hasCode, silentLogger, systemClock } from '../../../src/support/index.js';

export interface ProbeCase {
  readonly name: string;
  readonly connection: Connection;
  readonly path: string;
  /** What takes for ever, and so is to have a short limit: a connection, or an answer. */
  readonly endless?: 'connection' | 'answer' | undefined;
}

export interface ProbeInput {
  readonly cases: readonly ProbeCase[];
  readonly proxies: readonly GoCase[];
  /** Servers that are sent all of SEQUENCE. */
  readonly sequences: readonly Connection[];
}

export interface ProbeResults {
  readonly cases: Readonly<Record<string, ProbeResult>>;
  /** Which proxy is taken, for each of the given cases. */
  readonly proxies: readonly string[];
  readonly sequences: readonly string[];
}

interface ProbeResult {
  readonly outcome: string;
  readonly message: string;
}

/** Limits that are not to be reached are far above what a busy computer takes, ms. */
function clientFor(connection: Connection, endless?: ProbeCase['endless']): HttpClient {
  return createHttpClient(connection, {
    logger: silentLogger,
    clock: systemClock,
    userAgent: 'probe/1',
    readErrorBody: (text) => ({ reasons: [], text }),
    limits: {
      answerMs: endless === 'answer' ? 6_000 : 60_000,
      answerBytes: 100_000,
      connectMs: endless === 'connection' ? 4_000 : 60_000,
    },
  });
}

/** All of SEQUENCE, one after the other: the statuses, or the error that ended it. */
async function inSequence(connection: Connection): Promise<string> {
  const client = clientFor(connection);
  const { signal } = new AbortController();
  const statuses: number[] = [];
  try {
    for (const call of SEQUENCE) {
      const isChange = call.startsWith('PUT');
      const method = isChange ? 'PUT' : 'GET';
      const body = isChange ? { a: 1 } : undefined;
      const request = {
        method,
        path: call.slice(4),
        body,
        repeatable: !isChange,
        attempted: call,
        signal,
      } as const;
      statuses.push((await client.send(request)).status);
    }
    return statuses.join(' ');
  } catch (error) {
    return String(error);
  } finally {
    client.close();
  }
}

async function probe({ connection, path, endless }: ProbeCase): Promise<ProbeResult> {
  const client = clientFor(connection, endless);
  const signal = path === '/abort' ? AbortSignal.timeout(50) : new AbortController().signal;
  try {
    const call = {
      method: 'POST',
      path,
      body: { a: 'ä' },
      repeatable: false,
      attempted: 'probe',
      signal,
    } as const;
    const reply = await client.send(call);
    return { outcome: `${reply.status}`, message: JSON.stringify(reply.json) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = hasCode(error, 'internal') || !('code' in error) ? 'internal' : String(error.code);
    const kind = noAnswerBehind(error)?.kind ?? '-';
    return { outcome: `${code} ${kind} ${mayHaveHappened(error)}`, message: error.message };
  } finally {
    client.close();
  }
}

async function main(): Promise<void> {
  const { cases, proxies, sequences } = JSON.parse(process.argv[2] ?? '') as ProbeInput;
  const results = await Promise.all(cases.map(async (one) => [one.name, await probe(one)] as const));
  const found: ProbeResults = {
    cases: Object.fromEntries(results),
    proxies: proxies.map(ourAnswer),
    sequences: await Promise.all(sequences.map(inSequence)),
  };
  process.stdout.write(JSON.stringify(found));
}

void main();
