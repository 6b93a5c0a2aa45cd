import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from '../../provider/index.js';
import { poll, type Clock, type Probed } from '../../support/index.js';
import {
  accountInWords,
  type Admission,
  type EarlierRefusal,
  type SignInGate,
  type SignInOutcome,
} from '../http/index.js';
import { accountId, isSalt } from './account-id.js';
import { readNote, withoutSecrets, writeNote } from './note.js';
import { timeOf, touch, trialAt, type Trial } from './trial.js';

/** Below the machine store; only made when the store is there. */
const FOLDER = 'nutanix-sign-ins';
/**
 * How long refused credentials are not sent again, ms: longer than one `ls` of hundreds of machines or the
 * creates of a fleet take to begin, and short for an operator who has just unlocked the account.
 */
const LIFE = 60_000;
/**
 * An outcome this old still speaks for those that come now, ms. Short, because a password that is changed in
 * between is then sent by many at once.
 */
const FRESH = 1_000;
/** How long another process's sign-in is waited for, and the pause between two probes, ms. */
const WAIT = { longest: 10_000, pause: 20 } as const;

export interface SignInNotesOptions {
  readonly store: string;
  /** `host:port` */
  readonly server: string;
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** Date.now(), which all processes share. */
  readonly wallClock: () => number;
  /** This process goes on when the caller has its answer, which does not wait for the note of a success then. */
  readonly isResident?: boolean | undefined;
}

interface Files {
  /** The note about a refusal. */
  readonly refused: string;
  /** One process is trying the credentials. */
  readonly trial: string;
  /** The last sign-in that was not refused. */
  readonly passed: string;
}

/**
 * The gate for all processes that use one machine store. Where nothing is known about the credentials, one
 * process tries them and the others wait for its outcome. Accepted: all others go on at once, side by side.
 * Refused: it leaves a note, and for a while every process gives that refusal out as its own.
 *
 * The files hold no secret (account-id.ts says why). A store that cannot be written is no obstacle: then each
 * process finds out for itself.
 */
export class SignInNotes implements SignInGate {
  readonly #options: SignInNotesOptions;
  readonly #folder: string;
  #files: Promise<Files | undefined> | undefined;

  constructor(options: SignInNotesOptions) {
    this.#options = options;
    this.#folder = join(options.store, FOLDER);
  }

  async enter(signal: AbortSignal): Promise<Admission> {
    const files = await (this.#files ??= this.#prepare());
    if (files === undefined) return { report: () => Promise.resolve() };
    const { clock, wallClock } = this.#options;
    const [arrival, since] = [clock.now(), wallClock() - FRESH];
    const begin = trialAt(files.trial, wallClock);
    const probe = async (): Promise<Probed<Admission>> => {
      const known = await this.#known(files, since);
      if (known !== undefined) return found(known);
      if (clock.now() - arrival > WAIT.longest) return found(this.#admission(files, NO_TRIAL));
      const trial = await begin().catch(() => NO_TRIAL);
      if (trial === undefined) return { ready: false };
      // Its predecessor may have ended between the look and the beginning.
      const news = await this.#known(files, since);
      if (news === undefined) return found(this.#admission(files, trial, this.#sweep()));
      await trial.end();
      return found(news);
    };
    return await poll(probe, { clock, signal, delays: () => WAIT.pause });
  }

  async refused(words: string): Promise<void> {
    const files = await (this.#files ??= this.#prepare());
    if (files !== undefined) await this.#report(files, NO_TRIAL, { kind: 'refused', words });
  }

  async #prepare(): Promise<Files | undefined> {
    const { server, credentials } = this.#options;
    try {
      const path = join(this.#folder, await accountId(this.#folder, server, credentials));
      return { refused: `${path}.refused`, trial: `${path}.trial`, passed: `${path}.passed` };
    } catch {
      return undefined;
    }
  }

  /** What is known about the credentials without trying them. `since`: Date.now() from which a pass counts. */
  async #known(files: Files, since: number): Promise<Admission | undefined> {
    const [refusal, passed] = await Promise.all([this.#refusal(files), timeOf(files.passed)]);
    if (refusal !== undefined) return { refusal };
    // A time in the future is one from before the clock was set back.
    const isFresh = passed !== undefined && passed >= since && passed <= this.#options.wallClock() + FRESH;
    return isFresh ? this.#admission(files, NO_TRIAL) : undefined;
  }

  async #refusal({ refused }: Files): Promise<EarlierRefusal | undefined> {
    const note = await readNote(refused);
    if (note === undefined) return undefined;
    const age = this.#options.wallClock() - note.at;
    return age >= -FRESH && age < LIFE
      ? { words: note.words, age: Math.max(0, age), rest: LIFE - age, note: refused }
      : undefined;
  }

  /** `swept`: tidied up while the request is under way, since its caller waits for the report. */
  #admission(files: Files, trial: Trial, swept?: Promise<void>): Admission {
    return {
      report: async (outcome) => {
        const told = this.#report(files, trial, outcome);
        if (this.#options.isResident === true && outcome.kind === 'accepted') return;
        await told;
        await swept;
      },
    };
  }

  async #report(files: Files, trial: Trial, outcome: SignInOutcome): Promise<void> {
    try {
      if (outcome.kind === 'refused') await this.#noteRefusal(files, outcome.words);
      else if (outcome.kind !== 'abandoned') await this.#notePass(files, outcome.kind);
    } catch {
      // Without the notes each process finds out for itself.
    } finally {
      await trial.end().catch(() => undefined);
    }
  }

  /** Prism Central refuses requests at random when many sign in at once; beside a success that proves nothing. */
  async #noteRefusal(files: Files, words: string): Promise<void> {
    const { server, credentials, wallClock } = this.#options;
    const at = wallClock();
    const passed = await timeOf(files.passed);
    const isJustAccepted = passed !== undefined && Math.abs(at - passed) < FRESH;
    if (isJustAccepted && (await readFile(files.passed, 'utf8')) === 'accepted') return;
    const user = accountInWords(credentials);
    await writeNote(files.refused, { server, user, at, words: withoutSecrets(words, credentials) });
  }

  async #notePass(files: Files, kind: 'accepted' | 'unanswered'): Promise<void> {
    await writeFile(files.passed, kind, { mode: 0o600 });
    await touch(files.passed, this.#options.wallClock());
    if (kind === 'accepted') await rm(files.refused, { force: true });
  }

  /** Removes what is of no use any more, also of other accounts. */
  async #sweep(): Promise<void> {
    try {
      const oldest = this.#options.wallClock() - LIFE;
      for (const name of await readdir(this.#folder)) {
        const path = join(this.#folder, name);
        const at = isSalt(name) ? undefined : await timeOf(path);
        if (at !== undefined && at < oldest) await rm(path, { force: true });
      }
    } catch {
      // What is left is removed another time.
    }
  }
}

/** For those that try the credentials beside others. */
const NO_TRIAL: Trial = { end: () => Promise.resolve() };

function found(value: Admission): Probed<Admission> {
  return { ready: true, value };
}
