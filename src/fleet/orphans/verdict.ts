import type { OwnedVm } from '../../provider/index.js';
import type { KnownMachines } from './known-machines.js';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `30m`, `1.5h`, `2d` or `0` in ms; undefined = not understood. */
export function parseAge(text: string): number | undefined {
  const [, digits = '', unit = 's'] =
    /^(\d{1,6}(?:\.\d{1,3})?)(s|m|h|d)$/.exec(text) ?? /^(0)$/.exec(text) ?? [];
  if (digits === '') return undefined;
  return Number(digits) * (unit === 'm' || unit === 'h' || unit === 'd' ? UNITS[unit] : UNITS.s);
}

/** Rounded down, in words: `12 min`, `3 h`, `5 days`. */
export function spokenAge(ms: number): string {
  if (ms < UNITS.m) return `${Math.max(Math.floor(ms / UNITS.s), 0)} s`;
  if (ms < 2 * UNITS.h) return `${Math.floor(ms / UNITS.m)} min`;
  if (ms < 2 * UNITS.d) return `${Math.floor(ms / UNITS.h)} h`;
  return `${Math.floor(ms / UNITS.d)} days`;
}

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
