import { z } from 'zod';
import { hasCode, type OperationError } from '../../support/index.js';
import { refusalBehind, type HttpClient, type HttpMethod } from '../http/index.js';
import { lenient, maybe, type Attempt } from '../shared/index.js';
import { SpokenVersions } from './spoken-versions.js';
import { knownVersions, NAMESPACES, newestUpTo, type Namespace } from './versions.js';

/** Which versions of the v4 APIs a server has, or why none of them can be spoken, as the end of a sentence. */
export type Discovery =
  { readonly spoken: SpokenVersions } | { readonly spoken?: undefined; readonly why: string };

/** Without these no VM can be made. */
const NEEDED: readonly Namespace[] = ['vmm', 'prism', 'clustermgmt', 'networking'];
/** What is tried where a server tells no versions (reference v4 1.4). */
const GUESSED = ['4.1', '4.0'];

const routeTable = z.array(
  z.looseObject({
    namespace: maybe.text,
    versionRoutes: lenient(z.array(z.looseObject({ version: maybe.text }))),
  }),
);
const info = z.looseObject({ data: z.string().regex(/^v\d+\.\d+/) });

/**
 * Finds out which versions a server has. One request tells those of every namespace (recorded-v4 other,
 * actuator-versionroutes); where it is not served, the newest one of vmm is asked for, and then two are tried. Rejects
 * when the server cannot tell now or does not let us in: then nothing is known.
 */
export async function discoverVersions(http: HttpClient, attempt: Attempt): Promise<Discovery> {
  const asking = new Asking(http, attempt);
  const table = routeTable.safeParse(await asking.answer('GET', '/api/actuator/versionroutes')).data;
  if (table !== undefined) return fromTable(table);
  const newest = info.safeParse(await asking.answer('OPTIONS', '/api/vmm/unversioned/info')).data?.data;
  if (newest !== undefined) return upTo(newest.slice(1));
  for (const version of GUESSED) {
    if (await asking.isServed(`/api/vmm/v${version}/ahv/config/vms?$limit=1&$select=extId`))
      return upTo(version);
  }
  if (asking.doubt !== undefined) throw asking.doubt;
  return { why: 'no path of it is known there' };
}

function fromTable(table: z.infer<typeof routeTable>): Discovery {
  const served = (namespace: Namespace): readonly string[] =>
    table
      .filter((row) => row.namespace === namespace)
      .flatMap((row) => row.versionRoutes ?? [])
      .flatMap(({ version }) => version?.replace(/^v/, '') ?? []);
  const chosen = NAMESPACES.flatMap((namespace) => {
    const versions = served(namespace);
    const newest = knownVersions(namespace).find((known) => versions.includes(known));
    return newest === undefined ? [] : [[namespace, newest] as const];
  });
  const spoken = new SpokenVersions(new Map(chosen));
  const missing = NEEDED.find((namespace) => spoken.of(namespace) === undefined);
  return missing === undefined ? { spoken } : { why: whyMissing(missing, served(missing)) };
}

function whyMissing(namespace: Namespace, served: readonly string[]): string {
  const known = knownVersions(namespace);
  const range = `v${known.at(-1) ?? ''} to v${known[0] ?? ''} are spoken here`;
  if (served.length === 0) return `its namespace "${namespace}" is not served`;
  return `its namespace "${namespace}" is served as ${served.map((one) => `v${one}`).join(', ')} only, and ${range}`;
}

/** Every namespace in the newest version that is none newer than vmm's; none is known of projects. */
function upTo(newest: string): Discovery {
  const chosen = NAMESPACES.flatMap((namespace) => {
    const version = namespace === 'multidomain' ? undefined : newestUpTo(namespace, newest);
    return version === undefined ? [] : [[namespace, version] as const];
  });
  const spoken = new SpokenVersions(new Map(chosen));
  return spoken.of('vmm') === undefined ? { why: whyMissing('vmm', [newest]) } : { spoken };
}

/** Requests of which a refusal is an answer too. */
class Asking {
  readonly #http: HttpClient;
  readonly #attempt: Attempt;
  /** Why nothing may be concluded from what was not found. */
  doubt: OperationError | undefined;

  constructor(http: HttpClient, attempt: Attempt) {
    this.#http = http;
    this.#attempt = attempt;
  }

  /** undefined when the path is not served, not for us, or not now. */
  async answer(method: HttpMethod, path: string): Promise<unknown> {
    try {
      return (await this.#http.send({ method, path, repeatable: true, ...this.#attempt })).json;
    } catch (error) {
      if (hasCode(error, 'unavailable')) this.doubt ??= error;
      else if (!hasCode(error, ...NOT_SERVED, 'permission-denied')) throw error;
      return undefined;
    }
  }

  /** True also when the account may not read there: a path that does not exist cannot be forbidden. */
  async isServed(path: string): Promise<boolean> {
    try {
      await this.#http.send({ method: 'GET', path, repeatable: true, ...this.#attempt });
      return true;
    } catch (error) {
      if (hasCode(error, 'permission-denied')) {
        if ((refusalBehind(error)?.reasons.length ?? 0) > 0) return true;
        throw error;
      }
      if (hasCode(error, 'unavailable')) this.doubt ??= error;
      else if (!hasCode(error, ...NOT_SERVED)) throw error;
      return false;
    }
  }
}

const NOT_SERVED = ['not-found', 'unsupported', 'unexpected-response', 'invalid-input'] as const;
