import { malformed } from '../error.js';
import type { MapType, SliceType } from '../schema/types.js';
import type { DecodeOp, DecoderFrame, DecoderState, FrameOp, Step } from './op.js';
import type { WireArray, WireMap, WireSlice } from './wire-type.js';

/**
 * A slice: a count, then the elements. An array is sent in the same way, and only read past.
 *
 * ```
 * 03  01 61  00  01 62          ["a", "", "b"]
 * ```
 */
export function sliceOp(wire: WireSlice | WireArray, target: SliceType | 'ignore'): FrameOp {
  const elemTarget = target === 'ignore' ? target : target.elem;
  return {
    isScalar: false,
    open: (state) => {
      const count = state.reader.count();
      if (wire.kind === 'array' && count !== wire.length) throw malformed('length mismatch in decodeArray');
      state.claim(count);
      return new SliceFrame(state.opFor(wire.elem, elemTarget), count, target !== 'ignore');
    },
  };
}

class SliceFrame implements DecoderFrame {
  readonly #elements: unknown[] = [];
  readonly #elemOp: DecodeOp;
  readonly #isWanted: boolean;
  #left: number;

  constructor(elemOp: DecodeOp, count: number, isWanted: boolean) {
    this.#elemOp = elemOp;
    this.#left = count;
    this.#isWanted = isWanted;
  }

  advance(state: DecoderState): Step {
    const op = this.#elemOp;
    if (op.isScalar) {
      if (this.#left > state.reader.remaining) {
        throw malformed(`array or slice: length exceeds input size (${this.#left} elements)`);
      }
      for (; this.#left > 0; this.#left--) this.accept(op.decode(state));
    }
    if (this.#left === 0) return 'complete';
    this.#left--;
    return op;
  }

  accept(value: unknown): void {
    if (this.#isWanted) this.#elements.push(value);
  }

  result(): unknown {
    return this.#elements;
  }
}

/**
 * A map: a count, then key, value, key, value … in any order. Of entries with the same key the last one counts.
 *
 * ```
 * 02  01 61  02  01 62  04      {"a": 1, "b": 2}
 * ```
 */
export function mapOp(wire: WireMap, target: MapType | 'ignore'): FrameOp {
  const [key, elem] = target === 'ignore' ? [target, target] : [target.key, target.elem];
  return {
    isScalar: false,
    open: (state) => {
      const count = state.reader.count();
      state.claim(2 * count);
      return new MapFrame(
        state.opFor(wire.key, key),
        state.opFor(wire.elem, elem),
        count,
        target !== 'ignore',
      );
    },
  };
}

class MapFrame implements DecoderFrame {
  readonly #map = new Map<unknown, unknown>();
  readonly #keyOp: DecodeOp;
  readonly #elemOp: DecodeOp;
  readonly #isWanted: boolean;
  #left: number;
  #pendingKey: unknown;
  #hasKey = false;

  constructor(keyOp: DecodeOp, elemOp: DecodeOp, count: number, isWanted: boolean) {
    this.#keyOp = keyOp;
    this.#elemOp = elemOp;
    this.#left = count;
    this.#isWanted = isWanted;
  }

  advance(state: DecoderState): Step {
    while (this.#left > 0) {
      const next = this.#hasKey ? this.#elemOp : this.#keyOp;
      if (!next.isScalar) return next;
      this.accept(next.decode(state));
    }
    return 'complete';
  }

  accept(value: unknown): void {
    if (!this.#hasKey) {
      this.#pendingKey = value;
      this.#hasKey = true;
      return;
    }
    this.#hasKey = false;
    this.#left--;
    if (this.#isWanted) this.#map.set(this.#pendingKey, value);
  }

  result(): unknown {
    return this.#map;
  }
}
