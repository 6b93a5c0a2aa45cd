import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { breakLock, lockOutOfSight, takeLock, type Lock } from '../../process/index.js';
import type { CallContext, Notes } from '../../provider/index.js';
import {
  hasCode,
  invalidInput,
  OperationError,
  poll,
  replaceFile,
  systemCode,
  type Clock,
  type Logger,
  type Probed,
} from '../../support/index.js';
import { GroupLease, markerIn } from './lease.js';
import {
  GroupNote,
  holderIn,
  leaseNoteText,
  readLeaseNote,
  type Claim,
  type LeaseNote,
} from './lease-note.js';
import { heldBy, takingLease } from './refusals.js';

/** What a lease is taken with. */
export interface LeaseParts {
  readonly group: string;
  /** Folder of the group on this computer. */
  readonly folder: string;
  readonly notes: Notes;
  /** Who starts this process and where, `user@computer`. */
  readonly origin: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** So long a holder has to answer, ms: one that lives probes its note twice in this time. Init has a minute. */
const ANSWER_TIME = 25_000;
/** How often the note is probed for an answer, ms. */
const ANSWER_PROBE = 2_000;
/** How often a note is looked for that was made and is not shown. */
const UNSEEN_PROBES = 5;
/** Rounds in which processes that start at once get out of one another's way. */
const ROUNDS = 4;

/**
 * Takes the lease of a group: the lock on this computer, then the note in the cloud. Another process that has the note is
 * asked there whether it lives; when it answers, this rejects with `conflict`, telling who it is. One that does not answer
 * in `ANSWER_TIME` is dead, and so is at once the last one that had this folder, whose lock is free. No clocks are
 * compared. Where the account may write no notes, the lock alone is taken, with a warning.
 */
export async function takeGroupLease(parts: LeaseParts, context: CallContext): Promise<GroupLease> {
  const { group, origin, notes } = parts;
  const by = origin.replaceAll(/[^A-Za-z0-9._@-]+/g, '-').slice(0, 100);
  const claim = { id: randomUUID(), by, since: new Date().toISOString() };
  const note = new GroupNote(notes, group);
  const lock = await lockOf(parts, note, claim, context);
  try {
    const isGuarded = await takeNote(parts, note, claim, context);
    return new GroupLease({ ...parts, note: isGuarded ? note : undefined, claim, lock });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * A runner in a container is another computer after each start to those that look at its lock: a lock whose process
 * cannot be seen counts until its process has not answered in the note.
 */
async function lockOf(parts: LeaseParts, note: GroupNote, claim: Claim, context: CallContext): Promise<Lock> {
  const { group, folder } = parts;
  const path = join(folder, 'lock');
  try {
    return await ownLock(group, folder, path);
  } catch (error) {
    const unseen = hasCode(error, 'conflict') ? await lockOutOfSight(path) : undefined;
    if (unseen === undefined) throw error;
    if (!(await isSilent(parts, note, claim, context))) throw error;
    await breakLock(path, unseen);
    return await ownLock(group, folder, path);
  }
}

async function ownLock(group: string, folder: string, path: string): Promise<Lock> {
  const attempted = takingLease(group);
  try {
    return await takeLock(path, 'fleeting-plugin-nutanix', `group "${group}"`);
  } catch (error) {
    const code = error instanceof OperationError ? undefined : systemCode(error);
    if (code === undefined) throw OperationError.from(error, attempted).with({ attempted });
    const advice = 'Let the user of this process write there, or give another folder as state_dir.';
    throw invalidInput(attempted, `cannot write in the folder ${folder} (${code})`, advice);
  }
}

/**
 * Whether the process that has the lock does not answer in the note; rejects with `conflict` when it does. False where no
 * notes may be written, and when others write at the same time: then nothing is known.
 */
async function isSilent(
  { group, clock }: LeaseParts,
  note: GroupNote,
  claim: Claim,
  context: CallContext,
): Promise<boolean> {
  try {
    const holder = holderIn(readLeaseNote(await note.text(context)));
    return await isUnanswered(note, { group, clock, claim, before: undefined }, holder, context);
  } catch (error) {
    if (hasCode(error, 'permission-denied', 'unsupported')) return false;
    throw error;
  }
}

/** True = the note says that this process has the group; false = the account may write no notes. */
async function takeNote(
  { group, folder, logger, clock }: LeaseParts,
  note: GroupNote,
  claim: Claim,
  context: CallContext,
): Promise<boolean> {
  const marker = markerIn(folder);
  const before = await readFile(marker, 'utf8').catch(() => undefined);
  const mine = leaseNoteText({ kind: 'held', ...claim });
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const isOpen = await isYielded(note, { group, clock, claim, before }, context);
      if (!isOpen) continue;
      // From here on the next start knows the note for that of a process that is gone.
      await replaceFile(marker, claim.id, 0o600);
      // A disk can be slow, and other processes are not.
      if (!isOpenTo(claim, before, readLeaseNote(await note.text(context)))) continue;
      const now = (await note.write(mine, context)) || (await shownLater(note, clock, context));
      if (now === mine) return true;
      if (now === '')
        throw new OperationError({ code: 'unsupported', attempted: takingLease(group), problem: UNSEEN });
    }
    throw heldBy(group, readLeaseNote(await note.text(context)));
  } catch (error) {
    if (!hasCode(error, 'permission-denied', 'unsupported')) throw error;
    const advice = `Only the lock in ${folder} keeps another runner from group "${group}": give no other one a group of this name.`;
    logger.warn(error.with({ advice: `${error.advice ?? ''} ${advice}`.trim() }).message);
    return false;
  }
}

/** Whether the note is free, holds this process's own question, or is that of the process that had this folder before. */
function isOpenTo({ id }: Claim, before: string | undefined, standing: LeaseNote): boolean {
  if (standing.kind === 'free' || (standing.kind === 'challenged' && standing.id === id)) return true;
  const holder = holderIn(standing);
  return holder !== undefined && holder === before;
}

/** The text of a note that was just made: lists of the cloud may not show it yet. '' = nor after some probes. */
async function shownLater(note: GroupNote, clock: Clock, context: CallContext): Promise<string> {
  let left = UNSEEN_PROBES;
  const probe = async (): Promise<Probed<string>> => {
    const text = await note.text(context);
    left -= 1;
    return text !== '' || left <= 0 ? { ready: true, value: text } : { ready: false };
  };
  return await poll(probe, { clock, signal: context.signal, delays: () => ANSWER_PROBE, pauseFirst: true });
}

const UNSEEN = 'Prism Central took a note and does not show it';

interface Challenge {
  readonly group: string;
  readonly clock: Clock;
  readonly claim: Claim;
  /** Id of the process that had this folder before; undefined = it gave the group back, or there was none. */
  readonly before: string | undefined;
}

/**
 * True when no living process stands in the note. Rejects with `conflict` when one does; false when others wrote at the same
 * time, so that nothing is known.
 */
async function isYielded(note: GroupNote, challenge: Challenge, context: CallContext): Promise<boolean> {
  const found = readLeaseNote(await note.text(context));
  if (isOpenTo(challenge.claim, challenge.before, found)) return true;
  return await isUnanswered(note, challenge, holderIn(found), context);
}

/** The same of the process that stands in the note, by asking it. `holder`: its id, as far as the note tells. */
async function isUnanswered(
  note: GroupNote,
  { group, clock, claim }: Challenge,
  holder: string | undefined,
  context: CallContext,
): Promise<boolean> {
  const question = leaseNoteText({ kind: 'challenged', ...claim, of: holder });
  context.progress(`another process has group "${group}" or had it; it is asked whether it lives`);
  if ((await note.write(question, context)) !== question) return false;
  let silentSince = clock.now();
  const probe = async (): Promise<Probed<LeaseNote | undefined>> => {
    const text = await passing(note.text(context), context);
    // While the cloud is away nothing is known of the other process, and its time begins anew.
    if (text === undefined) silentSince = clock.now();
    else if (text !== question) return { ready: true, value: readLeaseNote(text) };
    return clock.now() - silentSince >= ANSWER_TIME ? { ready: true, value: undefined } : { ready: false };
  };
  const delays = (): number => ANSWER_PROBE;
  const answer = await poll(probe, { clock, signal: context.signal, delays, pauseFirst: true });
  if (answer === undefined || answer.kind === 'free') return true;
  throw heldBy(group, answer);
}

/** undefined when the cloud cannot be asked now. */
async function passing<T>(work: Promise<T>, { signal }: CallContext): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!signal.aborted && hasCode(error, 'unreachable', 'unavailable', 'rate-limited')) return undefined;
    throw error;
  }
}
