/**
 * Drives the whole HTTP chain against servers that a test has set up, and prints what came of each case as JSON.
 * The test runs it on Node and as an executable compiled by Bun, and compares: TLS, proxies and broken
 * connections are where the two runtimes could differ.
 *
 * Input: one JSON argument, a ProbeInput.
 */
import { createHttpClient, mayHaveHappened, noAnswerOf } from '../../../src/prism/http/index.js';
import type { Connection } from '../../../src/provider/index.js';
import { ourAnswer, type GoCase } from '../http/proxy/go-table.js';
import { hasCode, silentLogger, systemClock } from '../../../src/support/index.js';

export interface ProbeCase {
  readonly name: string;
  readonly connection: Connection;
  readonly path: string;
}

export interface ProbeInput {
  readonly cases: readonly ProbeCase[];
  readonly proxies: readonly GoCase[];
}

export interface ProbeResults {
  readonly cases: Readonly<Record<string, ProbeResult>>;
  /** Which proxy is taken, for each of the given cases. */
  readonly proxies: readonly string[];
}

interface ProbeResult {
  readonly outcome: string;
  readonly message: string;
}

async function probe(connection: Connection, path: string): Promise<ProbeResult> {
  const client = createHttpClient(connection, {
    logger: silentLogger,
    clock: systemClock,
    userAgent: 'probe/1',
    readErrorBody: (text) => ({ reasons: [], text }),
    limits: { answerMs: 1_500, answerBytes: 100_000, connectMs: 1_000 },
  });
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
    const kind = noAnswerOf(error)?.kind ?? '-';
    return { outcome: `${code} ${kind} ${mayHaveHappened(error)}`, message: error.message };
  } finally {
    client.close();
  }
}

async function main(): Promise<void> {
  const { cases, proxies } = JSON.parse(process.argv[2] ?? '') as ProbeInput;
  const results = await Promise.all(
    cases.map(async ({ name, connection, path }) => [name, await probe(connection, path)] as const),
  );
  const found: ProbeResults = { cases: Object.fromEntries(results), proxies: proxies.map(ourAnswer) };
  process.stdout.write(JSON.stringify(found));
}

void main();
