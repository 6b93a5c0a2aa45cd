import type { GobType } from './types.js';

/** The value of a field that was not sent; a new object each time. */
export function zeroOf(type: GobType): unknown {
  switch (type.kind) {
    case 'bool':
      return false;
    case 'int':
    case 'uint':
    case 'float':
      return 0;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'slice':
      return [];
    case 'map':
      return new Map();
    case 'interface':
      return null;
    case 'struct':
      return Object.fromEntries(type.fields.map((field) => [field.name, zeroOf(field.type)]));
  }
}
