import type { DistinctProblem } from './distinct-problems.js';

/** What a user learns while hosts are being made; written to a terminal, as lines, or as JSON. */
export interface Reporter {
  /** A host's work begins. */
  begin(host: string, action: string): void;
  /** What it is doing now. */
  step(host: string, text: string): void;
  /** Its work has ended; `text` says how. */
  end(host: string, ok: boolean, text: string): void;
  /** About the whole. */
  note(text: string): void;
  warn(text: string): void;
  /** Something that went wrong with one or several hosts, told once. */
  problem(problem: DistinctProblem): void;
  /** Rows of one kind; the keys are the columns. */
  table(kind: string, rows: readonly Row[]): void;
  /** Gives the terminal back. */
  close(): void;
}

/** A cell whose words are for users: programs get a value instead, under a name that says its unit. */
export interface WordedCell {
  readonly shown: string;
  readonly name: string;
  readonly value: number | boolean | string | readonly string[];
}

export type Cell = string | number | undefined | WordedCell;
export type Row = Readonly<Record<string, Cell>>;

/** Where text goes. */
export interface Screen {
  readonly isTerminal: boolean;
  columns(): number;
  rows(): number;
  write(text: string): void;
}

/** A duration in words: 4.2 s, 1 min 05 s. */
export function spoken(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A duration as a cell; programs get seconds. */
export function durationCell(ms: number): WordedCell {
  return { shown: spoken(ms), name: 'seconds', value: Math.round(ms) / 1000 };
}

/** Colours and cursor movements. (Node's own function for this also removes the text before a bell.) */
const SEQUENCE = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;?]*[ -/]*[@-~]`, 'g');

/** Text from elsewhere must not move the cursor or ring a bell. */
export function printable(text: string): string {
  return text.replaceAll(SEQUENCE, '').replaceAll(/\p{Cc}/gu, ' ');
}
