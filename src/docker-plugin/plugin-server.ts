import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { z } from 'zod';
import { OperationError, type Logger } from '../support/index.js';
import { requests, type PluginAnswer } from './messages.js';
import { openPluginSocket, type PluginSocketPlace } from './plugin-socket.js';
import { UNANSWERED, VolumeDriver, type VolumeCallContext, type VolumeDriverParts } from './volume-driver.js';

/** Bytes; a request is a name and a few options. */
const BODY_LIMIT = 256 * 1024;
/** Longer than a Go client keeps an idle connection, so that the engine is the one to close it. ms. */
const KEEP_ALIVE_MS = 120_000;
/** As the engine asks for. */
const MEDIA_TYPE = 'application/vnd.docker.plugins.v1.2+json';

export interface DockerPlugin {
  /** Where the engine reaches it. */
  readonly address: string;
  /** Takes no more calls and waits for those under way. Volumes stay as they are. */
  close(): Promise<void>;
}

type Outcome = PluginAnswer | typeof UNANSWERED;

interface PluginCall<T> {
  readonly path: string;
  readonly request: z.ZodType<T>;
  /** What follows a request that is not understood: `Err`, or for Get nothing. */
  readonly unreadable?: typeof UNANSWERED;
  readonly answer: (
    driver: VolumeDriver,
    request: T,
    context: VolumeCallContext,
  ) => Promise<Outcome> | Outcome;
  /** What follows when the answer was delivered, or could not be and what was done is rolled back. */
  readonly after?: (driver: VolumeDriver, request: T, isDelivered: boolean) => Promise<void>;
}

/** The body read and the call carried out, whatever the type of its request. */
type BoundCall = (
  driver: VolumeDriver,
  body: unknown,
  context: VolumeCallContext,
) => Promise<{ readonly outcome: Outcome; readonly after: (isDelivered: boolean) => Promise<void> }>;

/** The nine calls (volumes.md 2). */
const CALLS: readonly { readonly path: string; readonly bound: BoundCall }[] = [
  // The engine waits for this one at its start: it is answered before anything else is touched.
  call({ path: 'Plugin.Activate', request: requests.none, answer: () => ({ Implements: ['VolumeDriver'] }) }),
  call({
    path: 'VolumeDriver.Capabilities',
    request: requests.none,
    answer: () => ({ Capabilities: { Scope: 'global' } }),
  }),
  call({
    path: 'VolumeDriver.Create',
    request: requests.create,
    answer: (driver, { Name, Opts }) => driver.create(Name, Opts ?? {}),
  }),
  call({
    path: 'VolumeDriver.Remove',
    request: requests.named,
    answer: (driver, { Name }) => driver.remove(Name),
  }),
  call({
    path: 'VolumeDriver.Mount',
    request: requests.use,
    answer: (driver, { Name, ID }, context) => driver.mount(Name, ID, context),
    after: (driver, { Name, ID }, isDelivered) =>
      isDelivered ? driver.delivered(Name, ID) : driver.undelivered(Name, ID),
  }),
  call({
    path: 'VolumeDriver.Unmount',
    request: requests.use,
    answer: (driver, { Name, ID }) => driver.unmount(Name, ID),
  }),
  call({
    path: 'VolumeDriver.Path',
    request: requests.named,
    answer: (driver, { Name }) => driver.path(Name),
  }),
  call({
    path: 'VolumeDriver.Get',
    request: requests.named,
    unreadable: UNANSWERED,
    answer: (driver, { Name }) => driver.get(Name),
  }),
  call({ path: 'VolumeDriver.List', request: requests.none, answer: (driver) => driver.list() }),
];

/**
 * Answers Docker's volume calls at the socket. It listens when this resolves, and nothing but the socket was touched
 * until then. Rejects with `conflict` where another plugin answers at the socket.
 */
export async function serveDockerPlugin(
  place: PluginSocketPlace,
  parts: VolumeDriverParts,
): Promise<DockerPlugin> {
  const driver = new VolumeDriver(parts);
  const underway = new Set<Promise<void>>();
  // Nine paths and no more: a framework would take 13 MiB of each host for them.
  const http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const done = serve({ request, response, logger: parts.logger }, driver).finally(() =>
      underway.delete(done),
    );
    underway.add(done);
  });
  const connections = new Set<Socket>();
  const socket = await openPluginSocket(place, (connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    // A packaged runtime's HTTP server cannot listen at a descriptor; it takes connections that are accepted here.
    http.emit('connection', connection);
  });
  return {
    address: socket.address,
    close: async () => {
      await socket.close();
      while (underway.size > 0) await Promise.all(underway);
      for (const connection of connections) connection.destroy();
      http.close();
    },
  };
}

/** A request with what answers it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly logger: Logger;
}

/** Resolves when the answer has left this process, or cannot any more. Never rejects. */
async function serve(exchange: Exchange, driver: VolumeDriver): Promise<void> {
  const { request, logger } = exchange;
  const path = (request.url ?? '').slice(1);
  const { bound } = CALLS.find((one) => one.path === path) ?? {};
  const gone = new AbortController();
  const { socket } = request;
  const closed = (): void => gone.abort(closedEarly(path));
  socket.once('close', closed);
  try {
    if (bound === undefined || request.method !== 'POST') {
      const Err = `${request.method ?? ''} /${path}: a volume plugin has no such call`;
      await delivered(exchange, 404, { Err }, gone.signal);
      return;
    }
    const body = await bodyOf(request);
    if (body.problem === undefined)
      await answer(exchange, path, (context) => bound(driver, body.value, context), gone.signal);
    else await refuse(exchange, path, body.problem, gone.signal);
  } catch (error) {
    const { message } = OperationError.from(error, path);
    logger.warn(`${path}: ${message}`);
    await delivered(exchange, 200, { Err: message }, gone.signal);
  } finally {
    // The engine sends many calls over one connection.
    socket.off('close', closed);
  }
}

type ReadBody = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: string };

/**
 * The engine's requests have no Content-Type (volumes.md 5), and may have any. An empty body is undefined. One that is too
 * long is read to its end and dropped, so that the engine takes the answer.
 */
async function bodyOf(request: IncomingMessage): Promise<ReadBody> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    length += part.length;
    if (length <= BODY_LIMIT) parts.push(part);
  }
  if (length > BODY_LIMIT) return { problem: `the request is too large: more than ${BODY_LIMIT} bytes` };
  const text = Buffer.concat(parts).toString();
  try {
    return { value: text.trim() === '' ? undefined : JSON.parse(text) };
  } catch {
    return { problem: 'the request is not JSON' };
  }
}

function call<T>({ path, request, unreadable, answer, after }: PluginCall<T>): {
  readonly path: string;
  readonly bound: BoundCall;
} {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    path,
    bound: async (driver, body, context) => {
      const parsed = request.safeParse(body);
      // After a broken connection the engine repeats a request without its body, and would take success for that of
      // the volume that it had named (volumes.md 5).
      if (!parsed.success) {
        const Err = `${path}: the request ${body === undefined ? 'is empty' : 'lacks a member or has a wrong one'}: ${lacking(parsed.error)}`;
        return { outcome: unreadable ?? { Err }, after: nothing };
      }
      const outcome = await answer(driver, parsed.data, context);
      return { outcome, after: (isDelivered) => after?.(driver, parsed.data, isDelivered) ?? nothing() };
    },
  };
}

function lacking(error: z.ZodError): string {
  const names = error.issues.map(({ path }) => path.map(String).join('.')).filter((name) => name !== '');
  return names.length === 0 ? 'no volume is named' : `see ${names.join(', ')}`;
}

async function answer(
  exchange: Exchange,
  path: string,
  work: (context: VolumeCallContext) => ReturnType<BoundCall>,
  gone: AbortSignal,
): Promise<void> {
  const { outcome, after } = await work({ gone });
  if (outcome === UNANSWERED) {
    hangUp(exchange);
    return;
  }
  if (outcome.Err !== undefined && outcome.Err !== '') exchange.logger.warn(`${path}: ${outcome.Err}`);
  await after(await delivered(exchange, 200, outcome, gone));
}

/** What cannot be read has no name, and a Get without an answer does no harm. */
async function refuse(exchange: Exchange, path: string, problem: string, gone: AbortSignal): Promise<void> {
  exchange.logger.warn(`${path}: ${problem}`);
  if (path === 'VolumeDriver.Get') hangUp(exchange);
  else await delivered(exchange, 400, { Err: `${path}: ${problem}` }, gone);
}

/** Sends the answer; false = the connection was closed before the kernel had all of it. */
async function delivered(
  { response }: Exchange,
  status: number,
  body: PluginAnswer,
  gone: AbortSignal,
): Promise<boolean> {
  if (gone.aborted) return false;
  return await new Promise((resolve) => {
    response.once('finish', () => resolve(true));
    gone.addEventListener('abort', () => resolve(false), { once: true });
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-type': MEDIA_TYPE, 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
}

function hangUp({ request }: Exchange): void {
  request.socket.destroy();
}

function closedEarly(path: string): OperationError {
  return new OperationError({
    code: 'cancelled',
    attempted: path,
    problem: 'the engine closed the connection before the answer',
  });
}
