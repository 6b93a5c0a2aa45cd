import type { OwnedVm } from '../../provider/index.js';
import { spokenAge } from './age.js';
import type { KnownMachines } from './known-machines.js';

/**
 * known: a machine store has it. copy: its ownership tag is another VM's, so a user made it. young: perhaps it is being
 * made right now. other: made by another user than those asked for. orphan: none of these.
 */
export type Verdict = 'known' | 'copy' | 'young' | 'other' | 'orphan';

export interface Judged {
  readonly vm: OwnedVm;
  readonly verdict: Verdict;
  /** The verdict in words, for a user. */
  readonly reason: string;
}

export interface Standards {
  readonly known: KnownMachines;
  readonly now: Date;
  /** Younger ones are left alone; ms. */
  readonly olderThan: number;
  /** Only what these made, `user@computer` with `*` for anything; undefined = all users. */
  readonly madeBy?: string | undefined;
}

/** Judges a VM. Where its ownership is unclear it is no orphan. */
export function judge(vm: OwnedVm, { known, now, olderThan, madeBy }: Standards): Judged {
  const machine = known.machineOf(vm);
  if (machine !== undefined) return { vm, verdict: 'known', reason: `is the VM of machine ${machine}` };
  if (!vm.genuine) {
    return { vm, verdict: 'copy', reason: 'copy of another VM, or its original; look at it yourself' };
  }
  if (madeBy !== undefined && !fits(vm.origin ?? '', madeBy)) {
    return { vm, verdict: 'other', reason: `not made by ${madeBy}` };
  }
  // The cloud's clock may be ahead of ours.
  const age = vm.madeAt === undefined ? undefined : Math.max(now.getTime() - vm.madeAt.getTime(), 0);
  if (age === undefined && olderThan > 0) {
    return { vm, verdict: 'young', reason: 'of unknown age; --older-than 0 takes it' };
  }
  if (age !== undefined && age < olderThan) {
    return { vm, verdict: 'young', reason: `younger than ${spokenAge(olderThan)}; perhaps being made` };
  }
  return { vm, verdict: 'orphan', reason: 'orphan' };
}

/** `*` stands for any text. */
function fits(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
