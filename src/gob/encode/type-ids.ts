import { shortNameOf, spellingOf } from '../schema/go-names.js';
import { baseOf, type BaseType, type GobType } from '../schema/types.js';
import { BASIC_IDS } from '../decode/wire-types.js';

/** A type as it is announced to the receiver. */
export interface Numbered {
  readonly id: number;
  /** The name in the definition; it depends on where the type was first met. */
  readonly name: string;
}

/**
 * Gives out type ids in Go's order: a struct before its fields, any other type after its parts. A struct
 * first met as an element of an array or a map has no name, one met as an element of a slice or as a field has.
 */
export class TypeNumbers {
  readonly #numbers = new Map<BaseType, Numbered>();
  /** Types that are being numbered and get their id after their parts. */
  readonly #open = new Map<BaseType, string>();
  #journal: BaseType[] = [];
  #next: number;

  constructor(firstId: number) {
    this.#next = firstId;
  }

  /** The id of a type that is sent at top level or as the content of an interface. */
  idOf(type: BaseType): number {
    return this.#assign(type, shortNameOf(type)) ?? this.#number(type, '');
  }

  /** Name and id of a type that `idOf` has seen, itself or as a part. */
  find(type: BaseType): Numbered {
    return this.#numbers.get(type) ?? { id: this.idOf(type), name: shortNameOf(type) };
  }

  /** An id that belongs to no type of its own. */
  extraId(): number {
    return this.#next++;
  }

  /** A point to return to if what was numbered since is not sent after all. */
  mark(): () => void {
    const next = this.#next;
    this.#journal = [];
    return () => {
      this.#next = next;
      for (const type of this.#journal) this.#numbers.delete(type);
    };
  }

  /** Undefined for a type whose own parts are being numbered just now. */
  #assign(type: BaseType, name: string): number | undefined {
    if (isBuiltIn(type)) return BASIC_IDS[type.kind];
    const known = this.#numbers.get(type);
    if (known !== undefined) return known.id;
    if (this.#open.has(type)) return undefined;
    if (type.kind === 'opaque') return this.#number(type, name);
    if (type.kind === 'struct') {
      const id = this.#number(type, name);
      for (const field of type.fields) this.#part(field.type, fieldTypeName(field.type));
      return id;
    }
    this.#open.set(type, name);
    if (type.kind === 'map') this.#assign(baseOf(type.key), '');
    const elem = baseOf(type.elem);
    this.#assign(elem, type.kind === 'slice' ? shortNameOf(type.elem) : '');
    this.#open.delete(type);
    const id = this.#number(type, name);
    this.#part(elem, '');
    return id;
  }

  /** A part always has an id in the end, also when it is one of the types that are being numbered. */
  #part(type: GobType, name: string): void {
    const base = baseOf(type);
    if (this.#assign(base, name) === undefined) this.#number(base, this.#open.get(base) ?? name);
  }

  #number(type: BaseType, name: string): number {
    const known = this.#numbers.get(type);
    if (known !== undefined) return known.id;
    const id = this.#next++;
    this.#numbers.set(type, { id, name });
    this.#journal.push(type);
    return id;
  }
}

export function isBuiltIn(type: BaseType): type is Extract<BaseType, { kind: keyof typeof BASIC_IDS }> {
  return type.kind in BASIC_IDS;
}

function fieldTypeName(type: GobType): string {
  const base = baseOf(type);
  const short = shortNameOf(base);
  return short === '' ? spellingOf(base) : short;
}
