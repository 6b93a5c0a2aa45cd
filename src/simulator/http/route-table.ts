import type { Route } from './route.js';

export interface Pattern {
  /** e.g. `/vms/:uuid`; empty for an unknown path. */
  readonly pattern: string;
  readonly kind: string;
  /** e.g. `GET /vms/:uuid`. */
  readonly label: string;
}

/** Which route a path belongs to, for logs, faults and the choice between 404 and 405. */
export class RouteTable {
  readonly #rows: readonly { readonly route: Route; readonly regExp: RegExp }[];

  constructor(routes: readonly Route[]) {
    // Literal paths first: `/vms/list` is also a `/vms/:uuid`.
    const ordered = [...routes].sort((a, b) => parameters(a.path) - parameters(b.path));
    this.#rows = ordered.map((route) => ({ route, regExp: regExpOf(route.path) }));
  }

  patternOf(method: string, pathAndQuery: string): Pattern {
    const path = withoutQuery(pathAndQuery);
    const row = this.#rows.find(({ route, regExp }) => route.method === method && regExp.test(path));
    if (row === undefined) return { pattern: '', kind: '', label: '(unknown)' };
    const { path: pattern, kind } = row.route;
    return { pattern, kind, label: `${method} ${pattern}` };
  }

  /** True when the path exists for some method. */
  hasPath(pathAndQuery: string): boolean {
    const path = withoutQuery(pathAndQuery);
    return this.#rows.some(({ regExp }) => regExp.test(path));
  }
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}

function parameters(path: string): number {
  return path.split(':').length;
}

function regExpOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);
}
