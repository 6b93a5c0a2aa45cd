import { gob } from './builders.js';
import { GobError } from '../error.js';
import type { BasicType, GobType } from './types.js';

const NUMBERS_AND_TEXT: readonly BasicType[] = [
  gob.bool,
  gob.int,
  gob.int8,
  gob.int16,
  gob.int32,
  gob.int64,
  gob.uint,
  gob.uint8,
  gob.uint16,
  gob.uint32,
  gob.uint64,
  gob.float,
  gob.float32,
  gob.complex,
  gob.string,
];

/** The names that every Go program has registered: the basic types and the slices of them. */
const BUILT_IN: ReadonlyMap<string, GobType> = new Map(
  NUMBERS_AND_TEXT.flatMap((type): [string, GobType][] => [
    [type.name, type],
    [`[]${type.name}`, gob.slice(type)],
  ]),
);

/**
 * The types that may stand in an interface value, by the names both sides agreed on (in Go: gob.Register).
 * A name for a pointer type carries its star: `*mcnflag.StringFlag`.
 */
export class InterfaceRegistry {
  readonly #types = new Map<string, GobType>();

  register(name: string, type: GobType): this {
    if (name === '' || this.find(name) !== undefined) {
      throw new GobError('usage', `the interface name "${name}" cannot be registered: it is empty or taken`);
    }
    this.#types.set(name, type);
    return this;
  }

  find(name: string): GobType | undefined {
    return this.#types.get(name) ?? BUILT_IN.get(name);
  }
}
