import type { CallContext, CreationToken, Placement, PlacementRequest } from '../../provider/index.js';
import { abortError, hasCode, OperationError } from '../../support/index.js';
import { discoverVersions, SpokenVersions } from '../discovery/index.js';
import { refusalBehind } from '../http/index.js';
import type { ApiParts, ApiVersion, PrismProvider } from '../shared/index.js';

/** `auto`: v4 where the server has what we need of it, else v3. */
export type ApiChoice = 'auto' | 'v3' | 'v4';

export interface ChooserParts {
  readonly api: ApiChoice;
  readonly parts: ApiParts;
  /** Which API the VM was made with, if there is one. */
  readonly creationToken?: CreationToken | undefined;
  /** What the front end calls the setting by which an API is asked for, e.g. `--nutanix-api`. */
  readonly settingName?: string | undefined;
  /** Loads the code of a version; only the one that is spoken is ever loaded. */
  readonly load: Readonly<Record<'v3' | 'v4', () => Promise<ApiVersion>>>;
}

interface Chosen {
  readonly api: 'v3' | 'v4';
  readonly provider: PrismProvider;
}

/** What a call has been given, and the choosing that all who were given it have shared. */
interface Choice {
  readonly chosen: Chosen;
  readonly choosing: Promise<Chosen>;
  /** Made for the call that has it. */
  readonly isNew: boolean;
}

/** The provider of the API that is spoken to one Prism Central. Nothing is sent before it is asked for. */
export class ApiChooser {
  readonly #parts: ChooserParts;
  /** The choice under way or made; calls at the same time share it. */
  #choosing: Promise<Chosen> | undefined;
  #chosen: Chosen | undefined;
  /** False when the server could not tell: then the next process asks again. */
  #isSure = true;
  /** What was asked for is not served: so said the last search. */
  #isAskedForGone = false;

  constructor(parts: ChooserParts) {
    this.#parts = parts;
  }

  get provider(): PrismProvider | undefined {
    return this.#chosen?.provider;
  }

  /** Before the first call of a process it is what the process before has found out. */
  get userDataForm(): PrismProvider['userDataForm'] {
    if (this.#chosen !== undefined) return this.#chosen.provider.userDataForm;
    return SpokenVersions.parse(this.#parts.parts.spokenApi ?? '')?.userDataForm;
  }

  /** For the front end to keep. */
  get spokenApi(): string | undefined {
    if (this.#chosen === undefined) return this.#parts.parts.spokenApi;
    return this.#isSure ? this.#chosen.provider.spokenApi : undefined;
  }

  /** Does the work with the API that is spoken; once more with the other one, when that is gone from the server. */
  async run<R>(work: (provider: PrismProvider) => Promise<R>, context: CallContext): Promise<R> {
    const { chosen, choosing, isNew } = await this.#share(context, () => this.#first(context));
    try {
      return await work(chosen.provider);
    } catch (error) {
      const gone = context.signal.aborted ? undefined : goneBy(error, chosen.api);
      if (gone === undefined) throw error;
      if (this.#parts.api === 'v3') throw this.#askedForAndGone(error, 'v3');
      // The whole server is down: v4 has just been found to answer no better.
      if (isNew && !this.#isSure) throw error;
      // Another call may have begun to choose anew; then its choice is shared.
      if (this.#choosing === choosing) this.#choosing = undefined;
      const other = await this.#share(context, () => this.#afterwards(chosen, gone, context));
      if (other.chosen !== chosen) return await work(other.chosen.provider);
      throw this.#isAskedForGone ? this.#askedForAndGone(error, 'v4') : error;
    }
  }

  /**
   * Resolves with the API that can do all that is asked for. Where that is not v4, v3 is spoken from then on, as long as
   * the server has it and the choice is ours.
   */
  async resolve(request: PlacementRequest, context: CallContext): Promise<Placement> {
    return await this.run(async (provider) => {
      const shortcoming = provider.shortcomingFor?.(request);
      if (this.#parts.api !== 'auto' || shortcoming === undefined) {
        return await provider.resolve(request, context);
      }
      const v3 = await this.#load('v3');
      try {
        const placement = await v3.provider.resolve(request, context);
        this.#chosen = v3;
        this.#choosing = Promise.resolve(v3);
        context.progress(`${shortcoming}; its v3 API is spoken for this`);
        return placement;
      } catch (error) {
        if (context.signal.aborted || goneBy(error, 'v3') === undefined) throw error;
        // Without v3 it is v4 that has to say what it cannot do.
        return await provider.resolve(request, context);
      }
    }, context);
  }

  /** Joins the choice under way. The caller that began it may be given up; then the next one begins anew. */
  async #share(context: CallContext, begin: () => Promise<Chosen>): Promise<Choice> {
    for (;;) {
      const isMine = this.#choosing === undefined;
      const choosing = (this.#choosing ??= begin());
      try {
        // The caller that began it waits for its requests, whose errors tell what was waited for.
        const chosen = (this.#chosen = await (isMine ? choosing : untilAborted(choosing, context)));
        return { chosen, choosing, isNew: isMine };
      } catch (error) {
        if (context.signal.aborted) {
          if (isMine && this.#choosing === choosing) this.#choosing = undefined;
          throw error;
        }
        if (this.#choosing === choosing) this.#choosing = undefined;
        if (isMine || !hasCode(error, 'cancelled', 'timeout')) throw error;
      }
    }
  }

  async #first(context: CallContext): Promise<Chosen> {
    const { api, parts, creationToken } = this.#parts;
    const { spokenApi } = parts;
    if (api === 'v3') return await this.#load('v3');
    const isKnown = spokenApi !== undefined && SpokenVersions.parse(spokenApi) !== undefined;
    if (isKnown) return await this.#load('v4', spokenApi);
    const madeOnV3 = spokenApi === undefined && creationToken?.startsWith('v3') === true;
    if (api === 'auto' && (spokenApi === 'v3' || madeOnV3)) return await this.#load('v3');
    return await this.#discovered(context);
  }

  async #discovered(context: CallContext): Promise<Chosen> {
    const { api, parts } = this.#parts;
    const attempt = { attempted: ATTEMPTED, signal: context.signal };
    this.#isSure = true;
    try {
      const discovery = await discoverVersions(parts.http, attempt);
      if (discovery.spoken !== undefined) return await this.#load('v4', discovery.spoken.toString());
      if (api === 'v4') throw this.#notServed(discovery.why);
    } catch (error) {
      if (api === 'v4' || !hasCode(error, 'unavailable')) throw error;
      context.progress(`${error.message} API v3 is spoken for now.`);
      this.#isSure = false;
    }
    return await this.#load('v3');
  }

  /**
   * What to speak when the API that was spoken is not served (any more); the same one when there is no other. Calls at the
   * same time share this, so each of them tells the error that led it here.
   */
  async #afterwards(before: Chosen, gone: string, context: CallContext): Promise<Chosen> {
    const { api, parts } = this.#parts;
    const attempt = { attempted: ATTEMPTED, signal: context.signal };
    this.#isAskedForGone = false;
    const discovery = await discoverVersions(parts.http, attempt).catch((error: unknown) => {
      if (context.signal.aborted) throw error;
      return undefined;
    });
    if (discovery === undefined) return before;
    this.#isSure = true;
    const spoken = discovery.spoken?.toString();
    if (before.api === 'v3') {
      if (spoken === undefined) return before;
      context.progress(
        `Prism Central does not answer on its v3 API any more (${gone}); v4 is spoken from now on`,
      );
      return await this.#load('v4', spoken);
    }
    if (spoken === before.provider.spokenApi) return before;
    if (spoken !== undefined) return await this.#load('v4', spoken);
    if (api === 'v4') {
      this.#isAskedForGone = true;
      return before;
    }
    context.progress(`Prism Central does not serve its v4 API any more (${gone}); v3 is spoken from now on`);
    return await this.#load('v3');
  }

  async #load(api: 'v3' | 'v4', spokenApi?: string): Promise<Chosen> {
    const { createProvider } = await this.#parts.load[api]();
    return { api, provider: createProvider({ ...this.#parts.parts, spokenApi }) };
  }

  #notServed(why: string): OperationError {
    const { parts, settingName = 'the API that is asked for' } = this.#parts;
    return new OperationError({
      code: 'unsupported',
      attempted: ATTEMPTED,
      concerns: { kind: 'Prism Central', name: parts.http.server },
      problem: `${parts.http.server} does not serve the v4 API that is asked for: ${why}`,
      advice: `Leave ${settingName} at auto, and v3 is spoken. A Prism Element (a single cluster) has neither: give the address of the Prism Central that manages it.`,
    });
  }

  #askedForAndGone(error: unknown, api: string): unknown {
    if (!(error instanceof OperationError)) return error;
    const { settingName = 'the API that is asked for' } = this.#parts;
    const advice = `This Prism Central does not answer on its ${api} API, which is asked for: set ${settingName} to auto.`;
    return error.with({ advice, cause: error.cause });
  }
}

const ATTEMPTED = 'find out which API Prism Central serves';

/**
 * How a refusal says that a whole API is gone, e.g. `HTTP 404`; undefined when it says something else. A 404 without a
 * body of the API's own is the gateway's; a 503 has been repeated by then, and v4 of the same server may still answer.
 */
export function goneBy(error: unknown, api: 'v3' | 'v4'): string | undefined {
  const refusal = refusalBehind(error);
  if (refusal === undefined) return undefined;
  const { status, reasons } = refusal;
  const isGone =
    status === 410 || (status === 404 && reasons.length === 0) || (status === 503 && api === 'v3');
  return isGone ? `HTTP ${status}` : undefined;
}

/** The promise's outcome, or an error when the call is given up first. */
async function untilAborted<T>(promise: Promise<T>, { signal }: CallContext): Promise<T> {
  if (signal.aborted) throw abortError(signal, ATTEMPTED);
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal, ATTEMPTED));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
