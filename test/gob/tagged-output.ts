import type { GobType } from '../../src/gob/index.js';
import { contentType } from '../../src/gob/schema/builders.js';
import { spellFloat, tagMap, textOf, type Tagged } from './tagged.js';

/** The normal form of a JS value of `type`, as the decoder gives it. */
export function toTagged(type: GobType, value: unknown): Tagged {
  if (value === null) return null;
  switch (type.kind) {
    case 'int':
      return { $int: integerText(value) };
    case 'uint':
      return { $uint: integerText(value) };
    case 'float':
      return { $float: spellFloat(Number(value)) };
    case 'bytes':
      return { $bytes: hexOf(value) };
    case 'slice':
      return listOf(value).map((element) => toTagged(type.elem, element));
    case 'map':
      return tagMap(
        entriesOfMap(value).map(([key, elem]) => [toTagged(type.key, key), toTagged(type.elem, elem)]),
      );
    case 'struct': {
      const record = fieldsOf(value);
      const fields = type.fields.map(({ name, type: own }): [string, Tagged] => [
        name,
        toTagged(own, record[name]),
      ]);
      return { $struct: type.name.slice(type.name.indexOf('.') + 1), fields: Object.fromEntries(fields) };
    }
    case 'interface': {
      const { name, value: content } = fieldsOf(value);
      return { $iface: textOf(name), value: toTagged(contentType(type, textOf(name)) ?? type, content) };
    }
    case 'bool':
      return value === true;
    case 'string':
      return textOf(value);
  }
}

/** The same without the fields that a struct leaves out because they are zero: what travelled. */
export function withoutZeros(tagged: Tagged): Tagged {
  if (Array.isArray(tagged)) return tagged.map(withoutZeros);
  if (typeof tagged !== 'object' || tagged === null) return tagged;
  const entries = Object.entries(tagged).map(([key, value]): [string, Tagged] => {
    if (key !== 'fields' || typeof value !== 'object' || value === null) return [key, withoutZeros(value)];
    const sent = Object.entries(value).filter(([, field]) => !ZEROS.has(JSON.stringify(field)));
    return [
      key,
      Object.fromEntries(sent.map(([name, field]): [string, Tagged] => [name, withoutZeros(field)])),
    ];
  });
  return Object.fromEntries(entries);
}

const ZEROS = new Set(
  [false, '', null, [], { $int: '0' }, { $uint: '0' }, { $float: '0' }, { $bytes: '' }, { $map: [] }].map(
    (zero) => JSON.stringify(zero),
  ),
);

/** The fields of an object; none for anything else. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function hexOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : 'not bytes';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function entriesOfMap(value: unknown): readonly (readonly [unknown, unknown])[] {
  return value instanceof Map ? [...(value as ReadonlyMap<unknown, unknown>)] : [];
}

function integerText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : 'not an integer';
}
