import { z } from 'zod';
import { hasCode, OperationError } from '../../support/index.js';
import type { Namespace, SpokenVersions } from '../discovery/index.js';
import { refusalBehind, type HttpClient, type JsonReply } from '../http/index.js';
import { decode, lenient, maybe, type Attempt } from '../shared/index.js';
import { operationFor } from './operations.js';

export interface V4Request<T extends z.ZodType> {
  readonly namespace: Namespace;
  /** Below the namespace and its version, with a slash in front and already encoded: `/ahv/config/vms/{extId}`. */
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Not encoded: `{ $filter: "name eq 'x'", $limit: 100 }`. */
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly body?: unknown;
  /** Instead of `body`, for one whose form depends on the version that it is sent in, `4.3`. */
  readonly bodyFor?: ((version: string) => object) | undefined;
  /** What `data` of the answer has to look like; an empty list has no `data` at all (reference v4 2.6). */
  readonly answer: T;
  /** The ETag of the entity that is changed, exactly as its GET gave it. */
  readonly ifMatch?: string | undefined;
  /** A UUID; mandatory with everything that changes something (reference v4 2.2). */
  readonly requestId?: string | undefined;
  /**
   * May be sent twice by the transport. Absent = true for GET, false for the rest, also with a request id: what a replay
   * does is only known for creates.
   */
  readonly repeatable?: boolean | undefined;
}

export interface V4Answer<D> {
  readonly data: D;
  /** Only a GET of one entity has one (recorded-v4 A1). */
  readonly etag: string | undefined;
  /** How many entities a list has in all, as far as the server says. */
  readonly total: number | undefined;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

const envelope = z.looseObject({
  data: z.unknown().optional(),
  metadata: lenient(z.looseObject({ totalAvailableResults: maybe.number })),
});

/** Typed requests on the v4 APIs of one Prism Central. */
export class V4Api {
  readonly #http: HttpClient;
  readonly #versions: SpokenVersions;
  #simulatedGuests: string | undefined;
  /** ms by which this computer's clock is ahead of the server's, by the last answer; undefined = not known. */
  #clockLead: number | undefined;

  constructor(http: HttpClient, versions: SpokenVersions) {
    this.#http = http;
    this.#versions = versions;
  }

  /** Which guests a simulator has, by its header X-Simulated-Guests; undefined = nothing says that it is one. */
  get simulatedGuests(): string | undefined {
    return this.#simulatedGuests;
  }

  /** Which versions are spoken, as text for the front end to keep. */
  get spokenApi(): string {
    return this.#versions.toString();
  }

  /** For error texts: `host:port`. */
  get server(): string {
    return this.#http.server;
  }

  get clockLead(): number | undefined {
    return this.#clockLead;
  }

  /** The version of a namespace that is spoken, `4.3`; undefined = the server does not have this namespace. */
  versionOf(namespace: Namespace): string | undefined {
    return this.#versions.of(namespace);
  }

  /**
   * Sends a request in the namespace's version. Where the server does not know that version, it is sent once more in the
   * one below, which is spoken from then on if the server knows it: it may be older than when it was asked for its
   * versions. Not so a PUT: it sends back an entity in the form of the version in which that was read.
   */
  async send<T extends z.ZodType>(request: V4Request<T>, attempt: Attempt): Promise<V4Answer<z.output<T>>> {
    const { namespace, method } = request;
    const version = this.#version(namespace, attempt);
    try {
      return await this.#sendAs(version, request, attempt);
    } catch (error) {
      const lower = this.#versions.below(namespace, version);
      if (!isUnknownRoute(error) || lower === undefined || method === 'PUT') throw error;
      return await this.#sendLower(version, lower, request, attempt);
    }
  }

  async #sendLower<T extends z.ZodType>(
    version: string,
    lower: string,
    request: V4Request<T>,
    attempt: Attempt,
  ): Promise<V4Answer<z.output<T>>> {
    try {
      const answer = await this.#sendAs(lower, request, attempt);
      this.#versions.stepDown(request.namespace, version, lower);
      return answer;
    } catch (error) {
      // What the API itself refuses is an answer in that version, too.
      const { status = 500, reasons = [] } = refusalBehind(error) ?? {};
      if (status < 500 && reasons.length > 0) this.#versions.stepDown(request.namespace, version, lower);
      throw error;
    }
  }

  close(): void {
    this.#http.close();
  }

  #version(namespace: Namespace, { attempted }: Attempt): string {
    const version = this.#versions.of(namespace);
    if (version !== undefined) return version;
    throw new OperationError({
      code: 'unsupported',
      attempted,
      problem: `${this.server} does not serve the namespace "${namespace}" of the v4 API in a version that is spoken here`,
    });
  }

  async #sendAs<T extends z.ZodType>(
    version: string,
    request: V4Request<T>,
    { attempted, signal }: Attempt,
  ): Promise<V4Answer<z.output<T>>> {
    const { method, namespace, path, query, ifMatch, requestId } = request;
    const body = request.bodyFor?.(version) ?? request.body;
    const { repeatable = method === 'GET' } = request;
    const headers = {
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(requestId === undefined ? {} : { 'ntnx-request-id': requestId }),
    };
    const full = `/api/${namespace}/v${version}${path}${queryText(query)}`;
    const call = { method, path: full, body, headers, repeatable, attempted, signal };
    const reply = await this.#http.send(call).catch((error: unknown) => {
      throw withOperation(error, request);
    });
    this.#note(reply);
    const { data, metadata } = decode(envelope, reply.json ?? {}, attempted);
    return {
      data: decode(request.answer, data, attempted),
      etag: reply.headers['etag'],
      total: metadata?.totalAvailableResults,
      headers: reply.headers,
    };
  }

  #note({ headers }: JsonReply): void {
    this.#simulatedGuests = headers['x-simulated-guests'] ?? this.#simulatedGuests;
    const theirs = Date.parse(headers['date'] ?? '');
    if (!Number.isNaN(theirs)) this.#clockLead = Date.now() - theirs;
  }
}

/** A 404 that is no "entity not found": the route, and with it the version, is unknown (reference v4 1.4). */
function isUnknownRoute(error: unknown): boolean {
  const refusal = refusalBehind(error);
  return refusal?.status === 404 && refusal.reasons.length === 0;
}

/** Names the operation that the account's role lacks. */
function withOperation(error: unknown, { namespace, method, path }: V4Request<z.ZodType>): unknown {
  if (!hasCode(error, 'permission-denied')) return error;
  const operation = operationFor(namespace, method, path);
  const what = operation === undefined ? `${method} ${namespace} ${path}` : `"${operation}"`;
  return error.with({
    advice: `The role of this account lacks the operation ${what}, or does not cover this entity: add it in Prism Central.`,
    cause: error.cause,
  });
}

function queryText(query: V4Request<z.ZodType>['query']): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** A text within `$filter`: in single quotes, one inside doubled (reference v4 2.7). */
export function odataText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
