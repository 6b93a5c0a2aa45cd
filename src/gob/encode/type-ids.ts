import { shortNameOf, spellingOf } from '../schema/go-names.js';
import type { GobType } from '../schema/types.js';
import { BUILTIN_IDS } from '../wire/builtin-ids.js';

/** A type as it is announced to the receiver. */
export interface Announced {
  readonly id: number;
  /** The name in the definition; it depends on where the type was first met. */
  readonly name: string;
}

/** A type that has to be defined on a stream before a value of it is sent. */
export type DefinedType = Extract<GobType, { readonly kind: 'slice' | 'map' | 'struct' }>;

/**
 * Gives out type ids in Go's order: a struct before its fields, any other type after its parts. A struct
 * first met as an element of a map has no name, one met as an element of a slice or as a field has.
 */
export class TypeIds {
  readonly #announced = new Map<GobType, Announced>();
  #journal: GobType[] = [];
  #next: number;

  constructor(firstId: number) {
    this.#next = firstId;
  }

  /** The id of a type that is sent at top level or as the content of an interface. */
  idOf(type: GobType): number {
    return this.#assign(type, shortNameOf(type));
  }

  /** Name and id of a type that `idOf` has seen, itself or as a part. */
  find(type: GobType): Announced {
    return this.#announced.get(type) ?? { id: this.idOf(type), name: shortNameOf(type) };
  }

  /** A point to return to if what got an id since is not sent after all. */
  mark(): () => void {
    const next = this.#next;
    this.#journal = [];
    return () => {
      this.#next = next;
      for (const type of this.#journal) this.#announced.delete(type);
    };
  }

  #assign(type: GobType, name: string): number {
    if (!isDefined(type)) return BUILTIN_IDS[type.kind];
    const known = this.#announced.get(type);
    if (known !== undefined) return known.id;
    switch (type.kind) {
      case 'struct': {
        const id = this.#announce(type, name);
        for (const field of type.fields) this.#assign(field.type, fieldTypeName(field.type));
        return id;
      }
      case 'slice':
        this.#assign(type.elem, shortNameOf(type.elem));
        return this.#announce(type, name);
      case 'map':
        this.#assign(type.key, '');
        this.#assign(type.elem, '');
        return this.#announce(type, name);
    }
  }

  #announce(type: GobType, name: string): number {
    const id = this.#next++;
    this.#announced.set(type, { id, name });
    this.#journal.push(type);
    return id;
  }
}

export function isDefined(type: GobType): type is DefinedType {
  return type.kind === 'slice' || type.kind === 'map' || type.kind === 'struct';
}

function fieldTypeName(type: GobType): string {
  const short = shortNameOf(type);
  return short === '' ? spellingOf(type) : short;
}
