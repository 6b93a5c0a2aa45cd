import Fastify, { type FastifyInstance, type FastifyPluginCallback, type FastifyRequest } from 'fastify';
import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import { OperationError } from '../../support/index.js';
import type { Injector } from '../core/faults/injector.js';
import { changeMeanwhile } from '../core/meanwhile.js';
import { Refusal } from '../core/refusal.js';
import type { World } from '../core/world.js';
import type { ApiName, ApiVersion, ErrorAnswers, InnerSend, Mount } from './api.js';
import { ApiLimits, type LimitTable } from './api-limits.js';
import type { Authentication, SignedIn } from './authentication.js';
import { parseBodies } from './body-parsing.js';
import type { ServerCertificate } from './certificate.js';
import { Delivery } from './delivery.js';
import { Exchanges, type Exchange } from './exchange.js';
import { tooMany, type RateLimit } from './rate-limit.js';
import type { RequestEntry, RequestLog } from './request-log.js';
import { SpoiltReads } from './spoilt-reads.js';
import { EarlyAnswer, RouteTable, type Answer, type Call } from './route.js';

/** Where every base path begins. */
const ROOT = '/api';
/** Room for a batch of creates with large user data. */
const BODY_LIMIT = 16 * 2 ** 20;
/** Longer than clients keep idle connections, so that the client is the one to close them. */
const KEEP_ALIVE_MS = 120_000;

export interface ServerParts {
  readonly world: World;
  readonly authentication: Authentication;
  readonly log: RequestLog;
  readonly injector: Injector;
  readonly rateLimit: RateLimit;
  /** Of the APIs that have any; absent = none. */
  readonly limits?: 'recorded' | LimitTable | undefined;
}

/** An HTTPS server without routes. `errors` words what no API has a base path for. */
export function newHttpsServer(certificate: ServerCertificate, errors: ErrorAnswers): FastifyInstance {
  const app: FastifyInstance = Fastify({
    https: { key: certificate.keyPem, cert: certificate.certificatePem },
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1024 },
  });
  app.setNotFoundHandler((_request, reply) => {
    const { status, body } = errors.unknownPath();
    return reply.code(status).send(body);
  });
  return app;
}

/**
 * Serves APIs below their base paths, each request through log, faults, latency and sign-in. What is below `/api` and in
 * none of them is answered in the words of the first, and logged like others.
 */
export async function serveApis(
  app: FastifyInstance,
  parts: ServerParts,
  apis: readonly [ApiVersion, ...ApiVersion[]],
): Promise<void> {
  const [first] = apis;
  const { errors } = first;
  const services = apis.flatMap((api) => servicesOf(app, parts, api));
  const rest: Service = {
    ...{ basePath: ROOT, label: '', routes: [], errors, api: undefined },
    delivery: newDelivery(parts, (facts) => first.headers(facts)),
    table: new RouteTable([], ''),
  };
  const serviceOf = (url: string): Service => services.find(({ basePath }) => isBelow(url, basePath)) ?? rest;
  const closing = new AbortController();
  // Every request that is being delayed listens to it.
  setMaxListeners(0, closing.signal);
  app.addHook('preClose', (done) => {
    closing.abort();
    done();
  });
  const exchanges = new Exchanges();
  // One scope for all: what Fastify needs to answer unknown paths of a scope takes longer than the routes of most APIs.
  await app.register(
    named('apis', (scope, _options, done) => {
      parseBodies(scope, (request, text) => {
        const number = exchanges.of(request)?.entry.number;
        if (number !== undefined) parts.log.messages.asked(number, text);
      });
      const underway = { serviceOf, exchanges, closing: closing.signal };
      addHooks(scope, parts, underway);
      addNotFound(scope, underway);
      for (const service of services) addRoutes(scope, parts, service, exchanges);
      done();
    }),
    { prefix: ROOT },
  );
}

/** A plugin with a name: for one without, Fastify looks through all modules of the process. */
export function named(name: string, plugin: FastifyPluginCallback): FastifyPluginCallback {
  return Object.assign(plugin, { [Symbol.for('fastify.display-name')]: name });
}

/** A mount with what its requests share. */
interface Service extends Mount {
  /** Absent where no API answers. */
  readonly api: ApiName | undefined;
  readonly delivery: Delivery;
  readonly limits?: ApiLimits | undefined;
  readonly table: RouteTable;
}

function servicesOf(app: FastifyInstance, parts: ServerParts, api: ApiVersion): Service[] {
  const delivery = newDelivery(parts, (facts) => api.headers(facts));
  const limits = limitsOf(api, parts);
  return api.mounts(parts.world, innerSend(app)).map((mount) => {
    const table = new RouteTable(mount.routes, mount.label);
    return { ...mount, api: api.name, delivery, limits, table };
  });
}

function limitsOf({ recordedLimits }: ApiVersion, { limits }: ServerParts): ApiLimits | undefined {
  if (recordedLimits === undefined || limits === undefined) return undefined;
  return new ApiLimits(limits === 'recorded' ? recordedLimits : limits);
}

function newDelivery({ world, log }: ServerParts, headers: ApiVersion['headers']): Delivery {
  return new Delivery({ version: world.version, time: world.time, log, guests: world.guests.kind, headers });
}

interface Underway {
  readonly serviceOf: (url: string) => Service;
  readonly exchanges: Exchanges;
  /** Aborted when the server ends. */
  readonly closing: AbortSignal;
}

function addHooks(
  scope: FastifyInstance,
  parts: ServerParts,
  { serviceOf, exchanges, closing }: Underway,
): void {
  const { world, log } = parts;
  scope.addHook('onRequest', async (request, reply) => {
    const { basePath, label, api, delivery, limits, table } = serviceOf(request.url);
    const path = request.url.slice(basePath.length);
    const row = table.patternOf(request.method, path);
    const entry = log.open(world.time.now(), {
      method: request.method,
      path: request.url,
      route: row.label,
      api,
    });
    const strike = parts.injector.strike({
      method: request.method,
      path: withoutQuery(`${label}${path}`),
      wholePath: withoutQuery(request.url),
      api,
      ...row,
    });
    for (const name of strike.strippedFromRequest) Reflect.deleteProperty(request.headers, name);
    const exchange = exchanges.open(request, reply, { entry, strike, pattern: row.pattern });
    log.messages.open(entry.number, request.headers);
    if (strike.hang) return delivery.hang(reply, exchange);
    await openExchange(parts, request, exchange, closing);
    if (limits === undefined) return undefined;
    const { isRefused, headers } = limits.take(row.label, entry.at);
    exchange.limits = headers;
    if (isRefused) throw tooMany();
    return undefined;
  });
  // A request that has wholly arrived is carried out, whether or not its sender waits for the answer.
  scope.addHook('preHandler', async (request, reply) => {
    const exchange = exchanges.of(request);
    if (exchange === undefined) return undefined;
    const { errors, delivery } = serviceOf(request.url);
    const { answer, absent, carriedOut, delay } = exchange.strike;
    const wait = world.latency.call(request.method, exchange.pattern) + delay;
    if (wait > 0) await world.time.sleep(wait, closing);
    if (absent !== undefined) return delivery.send(reply, exchange, absentAnswer(absent, errors));
    return answer !== undefined && !carriedOut
      ? delivery.send(reply, exchange, answerOf(answer, errors, exchange.entry))
      : undefined;
  });
  scope.setErrorHandler((error, request, reply) => {
    const exchange = exchanges.of(request);
    if (closing.aborted) return reply.hijack();
    const { errors, delivery } = serviceOf(request.url);
    const asked = { path: request.url, now: world.time.now() };
    const answer = errorAnswer(error, world, (refusal) => errors.refused(refusal, asked));
    return exchange === undefined
      ? reply.code(answer.status).send(answer.body)
      : delivery.send(reply, exchange, answer);
  });
}

function addNotFound(scope: FastifyInstance, { serviceOf, exchanges }: Omit<Underway, 'closing'>): void {
  scope.setNotFoundHandler((request, reply) => {
    const { basePath, errors, delivery, table } = serviceOf(request.url);
    const path = request.url.slice(basePath.length);
    const answer = table.hasPath(path) ? errors.wrongMethod() : errors.unknownPath();
    return delivery.send(reply, exchanges.signedIn(request), answer);
  });
}

function addRoutes(
  scope: FastifyInstance,
  { world }: ServerParts,
  { basePath, routes, errors, delivery }: Service,
  exchanges: Exchanges,
): void {
  const reads = new SpoiltReads();
  for (const route of routes) {
    scope.route({
      method: route.method,
      url: `${basePath.slice(ROOT.length)}${route.path}`,
      handler: async (request, reply) => {
        const exchange = exchanges.signedIn(request);
        const call = callOf(request, exchange);
        // The router takes `/vms/` for `/vms/:uuid`.
        const isWhole = Object.values(call.params).every((value) => value !== '');
        const { strike, entry } = exchange;
        if (strike.changedMeanwhile) changeMeanwhile(world, Object.values(call.params));
        const answer = isWhole ? await route.handle(call) : errors.unknownPath();
        const spoilt = route.method === 'GET' ? reads.spoil(request.url, strike, answer) : answer;
        return delivery.send(reply, exchange, answerOf(strike.answer ?? spoilt, errors, entry));
      },
    });
  }
}

/** Requests from inside go the same way as those from outside. */
function innerSend(app: FastifyInstance): InnerSend {
  return async ({ method, url, headers, body }) => {
    const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
    const response = await app.inject({ method, url, headers, ...payload });
    return { status: response.statusCode, body: response.body };
  };
}

/** What happens before the request is read: whether it is served at all, and who asks. */
async function openExchange(
  { world, authentication, rateLimit }: ServerParts,
  request: FastifyRequest,
  exchange: Exchange,
  closing: AbortSignal,
): Promise<void> {
  rateLimit.take(world.time.now());
  if (exchange.strike.expireSessions) authentication.expireSessions();
  const { user, cookie } = await signedIn(() => authentication.signIn(request.headers), world, closing);
  exchange.user = user;
  exchange.cookie = cookie;
  exchange.entry.username = user.username;
}

/** Whether a path, or a path with a query, is this one or below it. */
function isBelow(url: string, basePath: string): boolean {
  return url.startsWith(basePath) && /^(?:[/?]|$)/.test(url.slice(basePath.length));
}

/** A wrong password is told late. */
async function signedIn(
  signIn: () => SignedIn,
  { latency, time }: World,
  closing: AbortSignal,
): Promise<SignedIn> {
  try {
    return signIn();
  } catch (error) {
    if (latency.refusedSignIn !== undefined) await time.sleep(latency.refusedSignIn, closing);
    throw error;
  }
}

function callOf(request: FastifyRequest, exchange: Exchange & Pick<Call, 'user'>): Call {
  const params = request.params;
  const stream = request.body instanceof Readable ? request.body : undefined;
  return {
    method: request.method,
    path: request.url,
    params: isStringRecord(params) ? params : {},
    body: stream === undefined ? request.body : undefined,
    stream,
    headers: request.headers,
    user: exchange.user,
    taskFault: exchange.strike.task,
    guestFault: exchange.strike.guest,
    forgetsRequests: exchange.strike.forgetsRequests,
    signal: exchange.over.signal,
  };
}

function answerOf(answer: Answer | Refusal, errors: ErrorAnswers, { path, at }: RequestEntry): Answer {
  return answer instanceof Refusal ? errors.refused(answer, { path, now: at }) : answer;
}

function errorAnswer(error: unknown, world: World, refused: (refusal: Refusal) => Answer): Answer {
  if (error instanceof EarlyAnswer) return error.answer;
  if (error instanceof Refusal) return refused(error);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const message = error instanceof Error ? error.message : String(error);
  if (status < 500) return refused(new Refusal({ code: 'bad-request', status, message }));
  world.logger.warn(`fault of the simulator: ${error instanceof Error ? (error.stack ?? message) : message}`);
  return refused(new Refusal({ code: 'internal', message: 'Internal Server Error.' }));
}

/** As a gateway answers for what is not there, or not there any more. */
function absentAnswer(status: 404 | 410 | 503, errors: ErrorAnswers): Answer {
  if (status === 404) return errors.unknownPath();
  return { status, body: status === 410 ? 'Gone' : 'no healthy upstream' };
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}

function isStringRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((item) => typeof item === 'string')
  );
}

/** Where a server that listens everywhere can be reached from this machine. */
const WILDCARDS = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

export interface Listening {
  /** An address that clients on this machine can use. */
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

/** Rejects with OperationError `unreachable` when the port cannot be had. */
export async function listen(
  app: ReturnType<typeof newHttpsServer>,
  host: string,
  wantedPort: number,
): Promise<Listening> {
  try {
    await app.listen({ host, port: wantedPort });
  } catch (error) {
    throw new OperationError({
      code: 'unreachable',
      attempted: `listen on ${host}:${String(wantedPort)}`,
      problem: error instanceof Error ? error.message : String(error),
      advice: 'Choose another port, or 0 for any free one.',
      cause: error,
    });
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : wantedPort;
  const reachable = WILDCARDS.get(host) ?? host;
  const urlHost = reachable.includes(':') ? `[${reachable}]` : reachable;
  return { host: reachable, port, url: `https://${urlHost}:${String(port)}` };
}
