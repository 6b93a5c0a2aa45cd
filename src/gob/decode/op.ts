import type { GobType } from '../schema/types.js';
import type { ByteReader } from '../wire/byte-reader.js';

/** What becomes of a value: one of our types, or nothing: it is read past (Go's ignore ops). */
export type DecodeTarget = GobType | 'ignore';

/**
 * How values of one type of the sender become values of one target. A scalar is read at once. Everything that
 * contains other values is read by a frame on an explicit stack, so that reading can stop where a message
 * ends and go on when the next one has come, and so that nesting costs no call stack.
 */
export type DecodeOp = ScalarOp | FrameOp;

export interface ScalarOp {
  readonly isScalar: true;
  decode(state: DecoderState): unknown;
}

export interface FrameOp {
  readonly isScalar: false;
  open(state: DecoderState): DecoderFrame;
}

/** One value that is being read. */
export interface DecoderFrame {
  /** Reads on until another value has to be read first, the message ends, or this value is complete. */
  advance(state: DecoderState): Step;
  /** Takes the value that `advance` asked for. */
  accept(value: unknown): void;
  result(): unknown;
}

/** An op: read such a value and hand it to `accept`, then call `advance` again. */
export type Step = DecodeOp | 'complete' | 'suspended';

/** The ops of types that were defined before a value began, whichever stream it is on. */
export interface KnownOps {
  has(wireId: number): boolean;
  opFor(wireId: number, target: DecodeTarget): DecodeOp;
}

/** What ops and frames use of the decoder. */
export interface DecoderState {
  readonly reader: ByteReader;
  /** The op for a part of a value whose types were already checked against each other. */
  opFor(wireId: number, target: DecodeTarget): DecodeOp;
  /** The op for a value that stands alone (top level, interface content); a mismatch is noted, the value skipped. */
  checkedOpFor(wireId: number, target: DecodeTarget): DecodeOp;
  /** The next type id inside an interface value; undefined: the message ended, another is needed. */
  interfaceTypeId(): number | undefined;
  /** Reads the 00 that stands in front of a value that is no struct. */
  singleton(wireId: number): void;
  /** Counts elements against the limit, before they are read. */
  claim(elements: number): void;
  /** Remembers that the value cannot be given as wanted; reading goes on to its end. */
  mismatch(message: string): void;
}
