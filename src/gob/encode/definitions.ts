import type { GobType } from '../schema/types.js';
import type { ByteWriter } from '../wire/byte-writer.js';
import { isDefined, TypeIds, type DefinedType } from './type-ids.js';
import { encodeWireType } from './wire-type.js';

/** A message that is being written, and where it goes when it ends. */
export interface OpenMessage {
  /** Its bytes so far; inside an interface value those of the content. */
  readonly out: ByteWriter;
  /** The stream; for an interface's content the bytes around it. */
  readonly sink: ByteWriter;
}

/** What the receiver of a stream knows of types: each is defined once, before its first value. */
export class Definitions {
  readonly #ids: TypeIds;
  readonly #sent = new Set<GobType>();
  #journal: GobType[] = [];

  constructor(firstId: number) {
    this.#ids = new TypeIds(firstId);
  }

  /** The id of a type; writes its definition, then those of its parts, unless they were sent, each ending a message. */
  announce(type: GobType, message: OpenMessage): number {
    this.#define(type, message);
    return this.#ids.idOf(type);
  }

  /** A point to return to if what was announced since is not sent after all. */
  mark(): () => void {
    const rollBackIds = this.#ids.mark();
    this.#journal = [];
    return () => {
      rollBackIds();
      for (const type of this.#journal) this.#sent.delete(type);
    };
  }

  #define(type: GobType, message: OpenMessage): void {
    if (!isDefined(type) || this.#sent.has(type)) return;
    this.#sent.add(type);
    this.#journal.push(type);
    message.out.int(-this.#ids.idOf(type));
    encodeWireType(message.out, type, this.#ids);
    message.sink.take(message.out);
    for (const part of partsOf(type)) this.#define(part, message);
  }
}

function partsOf(type: DefinedType): readonly GobType[] {
  switch (type.kind) {
    case 'struct':
      return type.fields.map((field) => field.type);
    case 'slice':
      return [type.elem];
    case 'map':
      return [type.key, type.elem];
  }
}
