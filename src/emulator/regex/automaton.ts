import type { Instruction } from './compiler.js';
import { isWord, type Assertion } from './syntax.js';

/** Where groups begin and end; slot 2n is the start of group n, 2n + 1 its end. */
export type Slots = readonly (number | undefined)[];

interface Thread {
  readonly at: number;
  readonly slots: Slots;
}

/**
 * Runs a program on a text, all alternatives side by side (Pike's method): the time is bounded by text
 * times program, whatever the expression. Gives the leftmost match at or after `from`.
 */
export function run(program: readonly Instruction[], text: string, from: number): Slots | undefined {
  let threads: Thread[] = [];
  let found: Slots | undefined;
  for (let position = from; ; position++) {
    const seen = new Set<number>();
    const current: Thread[] = [];
    for (const thread of threads) follow(program, thread.at, thread.slots, text, position, seen, current);
    if (found === undefined) follow(program, 0, [], text, position, seen, current);
    threads = [];
    for (const { at, slots } of current) {
      const instruction = program[at];
      // POSIX wants the longest of the leftmost matches, whichever alternative it comes from.
      if (instruction?.kind === 'match' && (found === undefined || isBetter(slots, found))) found = slots;
      const char = text.charAt(position);
      if (instruction?.kind === 'character' && char !== '' && instruction.test(char)) {
        threads.push({ at: at + 1, slots });
      }
    }
    if (position >= text.length || (found !== undefined && threads.length === 0)) return found;
  }
}

/** Slots 0 and 1 are where a match starts and ends. */
function isBetter([start = 0, end = 0]: Slots, [otherStart = 0, otherEnd = 0]: Slots): boolean {
  return start === otherStart ? end > otherEnd : start < otherStart;
}

/** Follows everything that takes no character; adds the places where one is needed, best first. */
function follow(
  program: readonly Instruction[],
  at: number,
  slots: Slots,
  text: string,
  position: number,
  seen: Set<number>,
  threads: Thread[],
): void {
  if (seen.has(at)) return;
  seen.add(at);
  const instruction = program[at];
  const go = (next: number, nextSlots: Slots) => {
    follow(program, next, nextSlots, text, position, seen, threads);
  };
  switch (instruction?.kind) {
    case 'jump':
      go(instruction.next, slots);
      return;
    case 'split':
      go(instruction.next, slots);
      go(instruction.other, slots);
      return;
    case 'save': {
      const saved = [...slots];
      saved[instruction.slot] = position;
      go(at + 1, saved);
      return;
    }
    case 'assertion':
      if (holds(instruction.assertion, text, position)) go(at + 1, slots);
      return;
    case 'character':
    case 'match':
      threads.push({ at, slots });
      return;
    case undefined:
  }
}

function holds(assertion: Assertion, text: string, position: number): boolean {
  const before = isWord(text.charAt(position - 1));
  const after = isWord(text.charAt(position));
  switch (assertion) {
    case 'start':
      return position === 0;
    case 'end':
      return position === text.length;
    case 'word-boundary':
      return before !== after;
    case 'word-start':
      return !before && after;
    case 'word-end':
      return before && !after;
  }
}
