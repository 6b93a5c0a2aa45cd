import { abortError, type Clock } from '../../../support/index.js';
import type { HttpCall, Layer, Reply } from '../exchange.js';
import { LONGEST_RETRY_AFTER, parseRetryAfter } from '../retry/retry-decision.js';
import { Gate } from './gate.js';
import { endpointLimit, totalLimit } from './rate-headers.js';

export interface AllowanceTools {
  readonly clock: Clock;
  /** For error texts: `host:port`. */
  readonly server: string;
}

interface Waiter {
  readonly gates: readonly Gate[];
  readonly go: () => void;
}

/** Waits longer than this are worth a line in the debug log, ms. */
const WORTH_A_LINE = 500;

/**
 * Sends no more requests than the server's headers allow, so that it never has to refuse one for their number: so many
 * for each endpoint, and so many in all. Requests for one endpoint go in the order in which they came. A refusal that comes
 * all the same, because other processes have used up the rest, closes the endpoint for as long as the server asks, and no
 * longer than a single call would wait for it.
 */
export function allowanceLayer(tools: AllowanceTools): Layer {
  return (next) => {
    const allowance = new Allowance(tools);
    return async (call) => {
      const gates = await allowance.admitted(call);
      try {
        const reply = await next(call);
        allowance.answered(gates, reply);
        return reply;
      } catch (error) {
        allowance.answered(gates, undefined);
        throw error;
      }
    };
  };
}

interface Gates {
  readonly endpoint: Gate;
  readonly total: Gate;
}

class Allowance {
  readonly #tools: AllowanceTools;
  readonly #endpoints = new Map<string, Gate>();
  readonly #total = new Gate(false);
  /** First come, first served. */
  readonly #waiters: Waiter[] = [];
  #alarm: AbortController | undefined;

  constructor(tools: AllowanceTools) {
    this.#tools = tools;
  }

  /** Resolves when the call may be sent, which has to be at once. */
  async admitted(call: HttpCall): Promise<Gates> {
    const endpoint = this.#gateFor(call);
    const gates = { endpoint, total: this.#total };
    const { clock, server } = this.#tools;
    const since = clock.now();
    const { signal } = call;
    const isAdmitted = signal.aborted ? false : await this.#turn([endpoint, this.#total], signal);
    if (signal.aborted) {
      if (isAdmitted) this.answered(gates, undefined);
      const waitedFor = `the rate limit of ${server} to let a request pass`;
      throw abortError(signal, call.attempted, { waitedFor });
    }
    const waited = clock.now() - since;
    if (waited > WORTH_A_LINE)
      call.logger.debug(`${call.method} ${call.path}: waited ${Math.round(waited)} ms for its turn`);
    return gates;
  }

  /** Resolves to true when its turn has come, to false when it is given up before. */
  async #turn(gates: readonly Gate[], signal: AbortSignal): Promise<boolean> {
    return await new Promise((resolve) => {
      const end = (isAdmitted: boolean): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(isAdmitted);
      };
      const waiter: Waiter = { gates, go: () => end(true) };
      const giveUp = (): void => {
        const at = this.#waiters.indexOf(waiter);
        if (at === -1) return;
        this.#waiters.splice(at, 1);
        end(false);
        this.#admit();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiters.push(waiter);
      this.#admit();
    });
  }

  /** `reply`: undefined when there was none. */
  answered({ endpoint, total }: Gates, reply: Reply | undefined): void {
    const now = this.#tools.clock.now();
    const headers = reply?.headers ?? {};
    const ofEndpoint = endpointLimit(headers);
    endpoint.answered(now, ofEndpoint, reply !== undefined);
    total.answered(now, totalLimit(headers), reply !== undefined);
    if (reply?.status === 429) {
      const asked = parseRetryAfter(headers['retry-after'], Date.parse(headers['date'] ?? '') || Date.now());
      endpoint.close(now, Math.min(asked ?? ofEndpoint?.restMs ?? 0, LONGEST_RETRY_AFTER));
    }
    this.#admit();
  }

  #gateFor(call: HttpCall): Gate {
    const key = endpointOf(call);
    const gate = this.#endpoints.get(key) ?? new Gate(isLimited(call));
    this.#endpoints.set(key, gate);
    return gate;
  }

  /** Sends every call that the gates let pass now, and sets an alarm for the next one that they let pass later. */
  #admit(): void {
    const { clock } = this.#tools;
    const now = clock.now();
    const blocked = new Set<Gate>();
    let soonest = Number.POSITIVE_INFINITY;
    for (const waiter of [...this.#waiters]) {
      if (waiter.gates.some((gate) => blocked.has(gate))) continue;
      const wait = Math.max(...waiter.gates.map((gate) => gate.waitAt(now)));
      if (wait > 0) {
        for (const gate of waiter.gates) if (gate.waitAt(now) > 0) blocked.add(gate);
        soonest = Math.min(soonest, wait);
        continue;
      }
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      for (const gate of waiter.gates) gate.sent();
      waiter.go();
    }
    this.#alarm?.abort();
    this.#alarm = undefined;
    if (!Number.isFinite(soonest)) return;
    const alarm = (this.#alarm = new AbortController());
    clock.sleep(soonest, alarm.signal).then(
      () => this.#admit(),
      () => undefined,
    );
  }
}

/** Paths of the APIs whose answers name limits. */
function isLimited({ path }: HttpCall): boolean {
  return /^\/api\/[a-z]+\/v4\./.test(path);
}

/** Method and path, with every id as the same: limits are by route (recorded-v4 A1). */
function endpointOf({ method, path }: HttpCall): string {
  const [route = ''] = path.split('?', 1);
  return `${method} ${route.replaceAll(/(?:[A-Za-z0-9+/]+={0,2}:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '*')}`;
}
