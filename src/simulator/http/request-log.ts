import type { Logger } from '../../support/index.js';
import type { ApiName } from './api.js';
import { KeptMessages } from './kept-messages.js';

export interface RequestEntry {
  readonly number: number;
  /** ms since 1970. */
  readonly at: number;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** Method and path pattern, e.g. `GET /vms/:uuid`; `(unknown)` for paths that do not exist. */
  readonly route: string;
  /** Which API it was sent to; absent for a path of none. */
  readonly api?: ApiName | undefined;
  username?: string | undefined;
  /** undefined until answered; 0 when the connection was broken instead. */
  status?: number | undefined;
  ms?: number | undefined;
  /** Names of the fault rules that struck. */
  faults: string[];
}

const KEPT = 500;

/** The latest requests, and counts of all. Bodies and headers are kept apart: they may hold secrets. */
export class RequestLog {
  readonly messages = new KeptMessages(KEPT);
  readonly #entries: RequestEntry[] = [];
  readonly #counts = new Map<string, number>();
  readonly #logger: Logger;
  #total = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get total(): number {
    return this.#total;
  }

  open(at: number, request: Pick<RequestEntry, 'method' | 'path' | 'route' | 'api'>): RequestEntry {
    this.#total += 1;
    const entry: RequestEntry = { number: this.#total, at, ...request, faults: [] };
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.shift();
    this.#counts.set(request.route, (this.#counts.get(request.route) ?? 0) + 1);
    return entry;
  }

  close(entry: RequestEntry, status: number, now: number): void {
    entry.status = status;
    entry.ms = Math.round((now - entry.at) * 10) / 10;
    const faults = entry.faults.length === 0 ? '' : ` fault: ${entry.faults.join(', ')}`;
    const outcome = status === 0 ? 'connection broken' : String(status);
    this.#logger.debug(`${entry.method} ${entry.path} ${outcome} ${String(entry.ms)} ms${faults}`);
  }

  /** undefined for one that is not kept any more. */
  find(number: number): RequestEntry | undefined {
    return this.#entries.find((entry) => entry.number === number);
  }

  /** Oldest first. */
  latest(): readonly RequestEntry[] {
    return this.#entries;
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
