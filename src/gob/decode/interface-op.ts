import { contentType } from '../schema/builders.js';
import type { InterfaceType } from '../schema/types.js';
import type { DecoderFrame, DecoderState, DecodeTarget, FrameOp, Step } from './op.js';

const MAX_NAME = 1024;

/**
 * An interface value: the content's registered name, its type id, a byte count, the content. An empty name
 * alone is nil.
 *
 * ```
 * 06 737472696e67               name "string"
 * 0c                            type 6
 * 06                            6 bytes follow
 * 00 04 65752d32                "eu-2" (like at top level: 00 in front of what is no struct)
 * ```
 *
 * If the content's type is new on the stream, its definition stands in front of the type id, and at top level
 * the message ends behind the definition, in the middle of this value. The byte count is read and ignored: it
 * ends at the first definition inside the content.
 */
export function interfaceOp(target: InterfaceType | 'ignore'): FrameOp {
  return { isScalar: false, open: (state) => new InterfaceFrame(state.reader.text(MAX_NAME), target) };
}

class InterfaceFrame implements DecoderFrame {
  readonly #name: string;
  readonly #target: InterfaceType | 'ignore';
  #isOpen: boolean;
  #content: unknown;

  constructor(name: string, target: InterfaceType | 'ignore') {
    this.#name = name;
    this.#target = target;
    this.#isOpen = name !== '';
  }

  advance(state: DecoderState): Step {
    if (!this.#isOpen) return 'complete';
    const typeId = state.interfaceTypeId();
    if (typeId === undefined) return 'suspended';
    this.#isOpen = false;
    state.reader.uint();
    state.singleton(typeId);
    return state.checkedOpFor(typeId, this.#contentTarget(state));
  }

  accept(value: unknown): void {
    this.#content = value;
  }

  result(): unknown {
    return this.#name === '' ? null : { name: this.#name, value: this.#content };
  }

  #contentTarget(state: DecoderState): DecodeTarget {
    if (this.#target === 'ignore') return 'ignore';
    const type = contentType(this.#target, this.#name);
    if (type !== undefined) return type;
    state.mismatch(`name not registered for interface: "${this.#name}"`);
    return 'ignore';
  }
}
