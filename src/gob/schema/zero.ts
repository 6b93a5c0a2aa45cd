import { GobError } from '../error.js';
import type { GobType } from './types.js';

const MAX_NESTING = 100;

/** The value of a type that was not sent; a new object each time. */
export function zeroOf(type: GobType, nesting = 0): unknown {
  if (nesting > MAX_NESTING)
    throw new GobError('usage', 'a struct that contains itself other than by a pointer');
  switch (type.kind) {
    case 'bool':
      return false;
    case 'int':
    case 'uint':
    case 'float':
      return 0;
    case 'complex':
      return { real: 0, imaginary: 0 };
    case 'string':
      return '';
    case 'bytes':
    case 'opaque':
      return new Uint8Array(0);
    case 'slice':
      return [];
    case 'array':
      return Array.from({ length: type.length }, () => zeroOf(type.elem, nesting + 1));
    case 'map':
      return new Map();
    case 'interface':
    case 'pointer':
      return null;
    case 'lazy':
      return zeroOf(type.resolve(), nesting + 1);
    case 'struct':
      return Object.fromEntries(type.fields.map((field) => [field.name, zeroOf(field.type, nesting + 1)]));
  }
}
