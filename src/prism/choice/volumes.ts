import { volumesPort, type CallContext, type Notes, type Volumes } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { discoverVersions, SpokenVersions } from '../discovery/index.js';
import type { ApiParts } from '../shared/index.js';
import { goneBy, type ApiChoice } from './chooser.js';

export interface VolumeChoiceParts {
  readonly api: ApiChoice;
  readonly parts: ApiParts;
  /** What the front end calls the setting by which an API is asked for. */
  readonly settingName?: string | undefined;
  /** Loads the code of the one API that has volumes. */
  readonly load: () => Promise<(parts: ApiParts) => Volumes & Notes>;
}

/** For so long it is remembered that a server has no volumes, ms: it may be upgraded under a process that goes on. */
const REMEMBERED = 60_000;

interface Chosen {
  readonly spoken: string;
  readonly volumes: Volumes & Notes;
}

/** The port of volumes, spoken where the v4 API is served; whether it is, is found out at the first call. */
export function createChoosingVolumes(parts: VolumeChoiceParts): Volumes & Notes {
  const choice = new VolumeChoice(parts);
  return {
    ...volumesPort.through(async (work, context) => await choice.run(work, context)),
    close: async () => {
      await Promise.resolve();
      parts.parts.http.close();
    },
  };
}

class VolumeChoice {
  readonly #parts: VolumeChoiceParts;
  #chosen: Chosen | undefined;
  /** What was found out where there are no volumes, and until when it counts. */
  #refusal: { readonly error: OperationError; readonly until: number } | undefined;

  constructor(parts: VolumeChoiceParts) {
    this.#parts = parts;
  }

  /** Does the work; once more when the version that was spoken is gone from the server and there is another one. */
  async run<R>(work: (volumes: Volumes & Notes) => Promise<R>, context: CallContext): Promise<R> {
    const chosen = (this.#chosen ??= await this.#first(context));
    try {
      return await work(chosen.volumes);
    } catch (error) {
      if (context.signal.aborted || goneBy(error, 'v4') === undefined) throw error;
      const now = await this.#discovered(context);
      if (now.spoken === chosen.spoken) throw error;
      this.#chosen = now;
      return await work(now.volumes);
    }
  }

  async #first(context: CallContext): Promise<Chosen> {
    const { api, parts } = this.#parts;
    if (api === 'v3') throw this.#unsupported('API v3 is asked for', ASK_FOR_V4(this.#parts.settingName));
    const known = SpokenVersions.parse(parts.spokenApi ?? '');
    if (known?.of('volumes') !== undefined) return await this.#load(known.toString());
    const { clock } = parts;
    if (this.#refusal !== undefined && clock.now() < this.#refusal.until) throw this.#refusal.error;
    return await this.#discovered(context);
  }

  async #discovered({ signal }: CallContext): Promise<Chosen> {
    const { http, clock } = this.#parts.parts;
    const { spoken, ...none } = await discoverVersions(http, { attempted: ATTEMPTED, signal });
    if (spoken?.of('volumes') !== undefined) return await this.#load(spoken.toString());
    const why = 'why' in none ? none.why : 'its namespace "volumes" is not served';
    const error = this.#unsupported(`${http.server} does not serve it: ${why}`, UPGRADE);
    this.#refusal = { error, until: clock.now() + REMEMBERED };
    throw error;
  }

  async #load(spoken: string): Promise<Chosen> {
    const create = await this.#parts.load();
    return { spoken, volumes: create({ ...this.#parts.parts, spokenApi: spoken }) };
  }

  #unsupported(why: string, advice: string): OperationError {
    return new OperationError({
      code: 'unsupported',
      attempted: ATTEMPTED,
      concerns: { kind: 'Prism Central', name: this.#parts.parts.http.server },
      problem: `volumes need the v4 API of Prism Central, and ${why}`,
      advice,
    });
  }
}

const ATTEMPTED = 'find out whether Prism Central has volumes';
/** Reference v4 1.3; the smallest size lacks services. */
const UPGRADE =
  'Prism Central has it from pc.2024.3 on, with AOS 7.0, unless it is of the smallest size: upgrade it. A Prism Element (a single cluster) has no v4 API: give the address of the Prism Central that manages it.';
const ASK_FOR_V4 = (settingName = 'the API that is asked for'): string =>
  `Set ${settingName} to auto or v4: Prism Central has it from pc.2024.3 on.`;
