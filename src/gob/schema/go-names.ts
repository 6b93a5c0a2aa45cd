import type { GobType } from './types.js';

/** A type as Go prints it: `map[string]interface {}`, `[]main.Point`, `[3]int`. */
export function spellingOf(type: GobType, depth = 0): string {
  if (depth > 20) return '…';
  const inner = (part: GobType): string => spellingOf(part, depth + 1);
  if (type.kind === 'pointer') return `*${inner(type.elem)}`;
  if (type.kind === 'lazy') return inner(type.resolve());
  if (type.name !== '') return type.name;
  switch (type.kind) {
    case 'slice':
      return `[]${inner(type.elem)}`;
    case 'array':
      return `[${type.length}]${inner(type.elem)}`;
    case 'map':
      return `map[${inner(type.key)}]${inner(type.elem)}`;
    case 'struct': {
      const fields = type.fields.map((field) => `${field.name} ${inner(field.type)}`).join('; ');
      return fields === '' ? 'struct {}' : `struct { ${fields} }`;
    }
    default:
      return type.kind;
  }
}

/** The name that a definition carries: without the package; none for a type literal or a pointer. */
export function shortNameOf(type: GobType): string {
  if (type.kind === 'pointer' || type.kind === 'lazy') {
    return type.kind === 'lazy' ? shortNameOf(type.resolve()) : '';
  }
  return type.name.slice(type.name.lastIndexOf('.') + 1);
}
