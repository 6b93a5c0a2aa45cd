import { RegularExpressionError, type Assertion, type RegexNode } from './syntax.js';

/** Instructions of a nondeterministic automaton; `next` and `other` are places in the program. */
export type Instruction =
  | { readonly kind: 'character'; readonly test: (char: string) => boolean }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'save'; readonly slot: number }
  /** `next` is preferred to `other`. */
  | { kind: 'split'; next: number; other: number }
  | { kind: 'jump'; next: number }
  | { readonly kind: 'match' };

const MAX_INSTRUCTIONS = 1000;

/** Translates a tree; instruction i goes on to i + 1 unless it says otherwise. */
export function compile(tree: RegexNode, ignoreCase: boolean): Instruction[] {
  const program: Instruction[] = [];
  emit({ kind: 'group', index: 0, body: tree }, program);
  push(program, { kind: 'match' });
  return ignoreCase ? program.map(caseless) : program;
}

function caseless(instruction: Instruction): Instruction {
  if (instruction.kind !== 'character') return instruction;
  const { test } = instruction;
  return { kind: 'character', test: (char) => test(char.toLowerCase()) || test(char.toUpperCase()) };
}

function push<T extends Instruction>(program: Instruction[], instruction: T): T {
  if (program.length >= MAX_INSTRUCTIONS) throw new RegularExpressionError('Regular expression too big');
  program.push(instruction);
  return instruction;
}

function emit(node: RegexNode, program: Instruction[]): void {
  switch (node.kind) {
    case 'character':
    case 'assertion':
      push(program, node);
      return;
    case 'group':
      push(program, { kind: 'save', slot: node.index * 2 });
      emit(node.body, program);
      push(program, { kind: 'save', slot: node.index * 2 + 1 });
      return;
    case 'sequence':
      for (const item of node.items) emit(item, program);
      return;
    case 'alternatives':
      emitAlternatives(node.options, program);
      return;
    case 'repeat':
      emitRepeat(node, program);
  }
}

function emitAlternatives(options: readonly RegexNode[], program: Instruction[]): void {
  const jumps: { next: number }[] = [];
  for (const [index, option] of options.entries()) {
    if (index === options.length - 1) {
      emit(option, program);
      break;
    }
    const split = push(program, { kind: 'split', next: program.length + 1, other: 0 });
    emit(option, program);
    jumps.push(push(program, { kind: 'jump', next: 0 }));
    split.other = program.length;
  }
  for (const jump of jumps) jump.next = program.length;
}

function emitRepeat(
  { body, min, max }: Extract<RegexNode, { kind: 'repeat' }>,
  program: Instruction[],
): void {
  for (let count = 0; count < min; count++) emit(body, program);
  if (max === Infinity) {
    const start = program.length;
    const split = push(program, { kind: 'split', next: start + 1, other: 0 });
    emit(body, program);
    push(program, { kind: 'jump', next: start });
    split.other = program.length;
    return;
  }
  const splits: { other: number }[] = [];
  for (let count = min; count < max; count++) {
    splits.push(push(program, { kind: 'split', next: program.length + 1, other: 0 }));
    emit(body, program);
  }
  for (const split of splits) split.other = program.length;
}
