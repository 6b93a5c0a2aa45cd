import type { BranchPlan, Frame, Run, Step, Target } from './op.js';
import { baseOf, type InterfaceType } from '../schema/types.js';

export type InterfaceTarget = InterfaceType | 'any' | 'skip';

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
export function interfacePlan(target: InterfaceTarget): BranchPlan {
  return { leaf: false, open: (run) => new InterfaceFrame(run.reader.text(MAX_NAME), target) };
}

class InterfaceFrame implements Frame {
  readonly #name: string;
  readonly #target: InterfaceTarget;
  #typeId: number | undefined;
  #content: unknown;

  constructor(name: string, target: InterfaceTarget) {
    this.#name = name;
    this.#target = target;
  }

  advance(run: Run): Step {
    if (this.#name === '' || this.#typeId !== undefined) return 'complete';
    const typeId = run.interfaceTypeId();
    if (typeId === undefined) return 'suspended';
    this.#typeId = typeId;
    run.reader.uint();
    run.singleton(typeId);
    return run.checkedPlan(typeId, this.#contentTarget(run));
  }

  accept(value: unknown): void {
    this.#content = value;
  }

  result(): unknown {
    const content = this.#name === '' ? null : { name: this.#name, value: this.#content };
    if (this.#target !== 'any') return content;
    return { kind: 'interface', content: content && { ...content, typeId: this.#typeId } };
  }

  #contentTarget(run: Run): Target {
    if (typeof this.#target === 'string') return this.#target;
    const type = this.#target.registry.find(this.#name);
    if (type !== undefined) return baseOf(type);
    run.mismatch(`name not registered for interface: "${this.#name}"`);
    return 'skip';
  }
}
