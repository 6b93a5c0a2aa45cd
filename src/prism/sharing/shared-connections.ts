import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from '../../provider/index.js';
import { hasCode, type Clock } from '../../support/index.js';
import type { ChainTools, HttpClient } from '../http/index.js';
import { JoinedReads } from '../shared/index.js';

/** What providers with the same server, account, trust and way there have in common. */
export interface SharedConnection {
  readonly http: HttpClient;
  /** Reads of VMs, by the API that makes them. */
  readonly readsFor: (api: string) => JoinedReads;
}

interface Entry {
  readonly http: HttpClient;
  readonly reads: Map<string, JoinedReads>;
  users: number;
}

/** Variables by which a connection may go another way. */
const WAY = /^(https_proxy|all_proxy|no_proxy|SSL_CERT_FILE)$/i;

/**
 * Connections that several sessions of one process use at a time. Sessions share one when everything about it is the
 * same: server, account, trust, proxy, store. It is closed, and its secrets are gone, with the last session that has it.
 * The keys are digests with a salt of this process.
 */
export class SharedConnections {
  readonly #salt = randomBytes(32);
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #sessions: () => number;

  /** `sessions`: how many are open. */
  constructor(clock: Clock, sessions: () => number) {
    this.#clock = clock;
    this.#sessions = sessions;
  }

  open(
    connection: Connection,
    tools: ChainTools,
    store: string | undefined,
    create: (connection: Connection, tools: ChainTools) => HttpClient,
  ): SharedConnection {
    const key = this.#keyOf(connection, tools, store);
    const entry: Entry = this.#entries.get(key) ?? {
      http: create(connection, tools),
      reads: new Map(),
      users: 0,
    };
    this.#entries.set(key, entry);
    entry.users += 1;
    let isOpen = true;
    const { logger } = tools;
    return {
      http: {
        server: entry.http.server,
        send: async (call) => {
          try {
            return await entry.http.send({ logger, ...call });
          } catch (error) {
            if (hasCode(error, 'unauthenticated', 'untrusted-certificate')) this.#retire(key, entry);
            throw error;
          }
        },
        close: () => {
          if (!isOpen) return;
          isOpen = false;
          entry.users -= 1;
          if (entry.users > 0) return;
          entry.http.close();
          this.#retire(key, entry);
        },
      },
      readsFor: (api) => {
        const reads: JoinedReads = entry.reads.get(api) ?? new JoinedReads(this.#clock, this.#sessions);
        entry.reads.set(api, reads);
        return reads;
      },
    };
  }

  /** A session that comes from now on gets another one: a chain sends credentials that were refused no more, whatever time passes. */
  #retire(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  #keyOf(connection: Connection, tools: ChainTools, store: string | undefined): string {
    const { environment = {}, userAgent } = tools;
    const way = Object.entries(environment).filter(([name]) => WAY.test(name));
    const text = JSON.stringify([connection, store, userAgent, way]);
    return createHash('sha256').update(this.#salt).update(text).digest('hex');
  }
}
