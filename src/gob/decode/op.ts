import type { ByteReader } from '../wire/byte-reader.js';
import type { BaseType } from '../schema/types.js';
import type { WireTypes } from './wire-types.js';

/** What becomes of a value: one of our types, a GobValue, or nothing (read past). */
export type Target = BaseType | 'any' | 'skip';

/**
 * How values of one type of the sender become values of one target. A leaf is read at once. Everything that
 * contains other values is read by a frame on an explicit stack, so that reading can stop where a message
 * ends and go on when the next one has come, and so that nesting costs no call stack.
 */
export type Plan = LeafPlan | BranchPlan;

export interface LeafPlan {
  readonly leaf: true;
  read(run: Run): unknown;
}

export interface BranchPlan {
  readonly leaf: false;
  open(run: Run): Frame;
}

/** One value that is being read. */
export interface Frame {
  /** Reads on until another value has to be read first, the message ends, or this value is complete. */
  advance(run: Run): Step;
  /** Takes the value that `advance` asked for. */
  accept(value: unknown): void;
  result(): unknown;
}

/** A plan: read such a value and hand it to `accept`, then call `advance` again. */
export type Step = Plan | 'complete' | 'suspended';

/** What plans and frames use of the decoder. */
export interface Run {
  readonly reader: ByteReader;
  readonly types: WireTypes;
  /** The plan for a part of a value whose types were already checked against each other. */
  plan(wireId: number, target: Target): Plan;
  /** The plan for a value that stands alone (top level, interface content); a mismatch is noted, the value skipped. */
  checkedPlan(wireId: number, target: Target): Plan;
  /** The next type id inside an interface value; undefined: the message ended, another is needed. */
  interfaceTypeId(): number | undefined;
  /** Reads the 00 that stands in front of a value that is no struct. */
  singleton(wireId: number): void;
  /** Counts elements against the limit, before they are read. */
  claim(elements: number): void;
  /** Remembers that the value cannot be given as wanted; reading goes on to its end. */
  mismatch(message: string): void;
}
