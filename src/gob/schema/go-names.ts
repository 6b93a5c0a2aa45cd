import type { GobType } from './types.js';

/** A type as Go prints it: `map[string]interface {}`, `[]main.Point`. */
export function spellingOf(type: GobType, depth = 0): string {
  if (depth > 20) return '…';
  const inner = (part: GobType): string => spellingOf(part, depth + 1);
  switch (type.kind) {
    case 'slice':
      return `[]${inner(type.elem)}`;
    case 'map':
      return `map[${inner(type.key)}]${inner(type.elem)}`;
    case 'struct': {
      if (type.name !== '') return type.name;
      const fields = type.fields.map((field) => `${field.name} ${inner(field.type)}`).join('; ');
      return fields === '' ? 'struct {}' : `struct { ${fields} }`;
    }
    default:
      return type.name;
  }
}

/** The name that a definition carries: without the package; none for a type literal. */
export function shortNameOf(type: GobType): string {
  if (type.kind === 'slice' || type.kind === 'map') return '';
  return type.name.slice(type.name.lastIndexOf('.') + 1);
}
