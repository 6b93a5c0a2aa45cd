import { type Engine, MIN_API_VERSION } from './engine.js';
import { infoBody, versionBody } from './engine-facts.js';
import { isOlder } from '../os/distribution.js';

export interface ApiRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Route = (engine: Engine) => unknown;

const NETWORKS = ['bridge', 'host', 'none'].map((Name) => ({
  Name,
  Id: Buffer.from(Name.padEnd(32, '-')).toString('hex'),
  Scope: 'local',
  Driver: Name === 'none' ? 'null' : Name,
  Internal: false,
  Labels: {},
}));

/** What an engine without containers answers. */
const GET_ROUTES: Readonly<Record<string, Route>> = {
  '/version': versionBody,
  '/info': infoBody,
  '/containers/json': () => [],
  '/images/json': () => [],
  '/volumes': () => ({ Volumes: [], Warnings: null }),
  '/networks': () => NETWORKS,
  '/plugins': () => [],
  '/system/df': () => ({ LayersSize: 0, Images: [], Containers: [], Volumes: [], BuildCache: [] }),
};

/** Answered by managers of a swarm only. */
const SWARM_ROUTE = /^\/(swarm|nodes|services|tasks|secrets|configs)(\/|$)/;

/** Real routes of the Engine API that an emulated engine has not. */
const KNOWN_ROUTE =
  /^\/(containers|images|volumes|networks|exec|build|commit|auth|events|session|grpc|distribution|plugins|system)(\/|$)/;

/** Answers one request of the Docker Engine API, with or without `/v1.xx` before the path. */
export function answer(engine: Engine, { method, url }: ApiRequest): ApiResponse {
  const [path = ''] = url.split('?');
  const [, version, route = ''] = /^(?:\/v(\d+\.\d+))?(\/.*)$/.exec(path) ?? [];
  const refusal = version === undefined ? undefined : versionRefusal(engine, version);
  if (refusal !== undefined) return failure(engine, 400, refusal);
  if (route === '/_ping' && (method === 'GET' || method === 'HEAD')) return ping(engine, method);
  const body = method === 'GET' || method === 'HEAD' ? GET_ROUTES[route] : undefined;
  if (body !== undefined) return json(engine, 200, body(engine));
  if (SWARM_ROUTE.test(route)) {
    return failure(
      engine,
      method === 'GET' ? 503 : 501,
      method === 'GET'
        ? 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.'
        : 'emulated guest: this engine forms no swarm',
    );
  }
  const named = /^\/(containers|images|volumes|networks)\/(.+?)(?:\/json)?$/.exec(route);
  if (named !== null && method === 'GET')
    return failure(engine, 404, notFound(named[1] ?? '', named[2] ?? ''));
  if (KNOWN_ROUTE.test(route)) return failure(engine, 501, 'emulated guest: this engine runs no containers');
  return failure(engine, 404, 'page not found');
}

function notFound(kind: string, name: string): string {
  const decoded = name.replace(/%[0-9a-fA-F]{2}/g, (code) =>
    String.fromCharCode(parseInt(code.slice(1), 16)),
  );
  if (kind === 'containers') return `No such container: ${decoded}`;
  if (kind === 'images') return `No such image: ${decoded}`;
  return kind === 'volumes' ? `get ${decoded}: no such volume` : `network ${decoded} not found`;
}

function versionRefusal({ apiVersion }: Engine, version: string): string | undefined {
  if (isOlder(apiVersion, version)) {
    return `client version ${version} is too new. Maximum supported API version is ${apiVersion}`;
  }
  if (isOlder(version, MIN_API_VERSION)) {
    return (
      `client version ${version} is too old. Minimum supported API version is ${MIN_API_VERSION}, ` +
      'please upgrade your client to a newer version'
    );
  }
  return undefined;
}

function ping(engine: Engine, method: string): ApiResponse {
  const headers = {
    ...commonHeaders(engine),
    'Content-Type': 'text/plain; charset=utf-8',
    'Builder-Version': '2',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    Swarm: 'inactive',
  };
  return { status: 200, headers, body: method === 'HEAD' ? '' : 'OK' };
}

function json(engine: Engine, status: number, body: unknown): ApiResponse {
  const headers = { ...commonHeaders(engine), 'Content-Type': 'application/json' };
  return { status, headers, body: `${JSON.stringify(body)}\n` };
}

function failure(engine: Engine, status: number, message: string): ApiResponse {
  return json(engine, status, { message });
}

function commonHeaders({ apiVersion, version, options }: Engine): Readonly<Record<string, string>> {
  return {
    'Api-Version': apiVersion,
    'Docker-Experimental': String(options.experimental),
    Ostype: 'linux',
    Server: `Docker/${version} (linux; emulated guest)`,
  };
}
