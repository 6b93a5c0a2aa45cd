import type { GobType, GobValue } from '../../src/gob/index.js';
import { baseOf } from '../../src/gob/schema/types.js';
import { spellFloat, tagMap, textOf, type Tagged } from './tagged.js';

/** The normal form of a JS value of `type`, as the decoder gives it. */
export function toTagged(type: GobType, value: unknown): Tagged {
  if (value === null) return null;
  const base = baseOf(type);
  switch (base.kind) {
    case 'int':
      return { $int: integerText(value) };
    case 'uint':
      return { $uint: integerText(value) };
    case 'float':
      return { $float: spellFloat(Number(value)) };
    case 'complex':
      return {
        $complex: [fieldsOf(value)['real'], fieldsOf(value)['imaginary']].map((part) =>
          spellFloat(Number(part)),
        ),
      };
    case 'bytes':
      return { $bytes: hexOf(value) };
    case 'opaque':
      return { $gobEncoder: hexOf(value) };
    case 'slice':
    case 'array':
      return listOf(value).map((element) => toTagged(base.elem, element));
    case 'map':
      return tagMap(
        entriesOfMap(value).map(([key, elem]) => [toTagged(base.key, key), toTagged(base.elem, elem)]),
      );
    case 'struct': {
      const record = fieldsOf(value);
      const fields = base.fields.map(({ name, type: own }): [string, Tagged] => [
        name,
        toTagged(own, record[name]),
      ]);
      return { $struct: base.name.slice(base.name.indexOf('.') + 1), fields: Object.fromEntries(fields) };
    }
    case 'interface': {
      const { name, value: content } = fieldsOf(value);
      return { $iface: textOf(name), value: toTagged(base.registry.find(textOf(name)) ?? base, content) };
    }
    case 'bool':
      return value === true;
    case 'string':
      return textOf(value);
  }
}

/** The normal form of a value that was read without types. */
export function anyToTagged(gobValue: GobValue): Tagged {
  switch (gobValue.kind) {
    case 'bool':
    case 'string':
      return gobValue.value;
    case 'int':
      return { $int: String(gobValue.value) };
    case 'uint':
      return { $uint: String(gobValue.value) };
    case 'float':
      return { $float: spellFloat(gobValue.value) };
    case 'complex':
      return { $complex: [spellFloat(gobValue.value.real), spellFloat(gobValue.value.imaginary)] };
    case 'bytes':
      return { $bytes: hexOf(gobValue.value) };
    case 'opaque':
      return { $gobEncoder: hexOf(gobValue.value) };
    case 'list':
      return gobValue.elements.map(anyToTagged);
    case 'map':
      return tagMap(gobValue.entries.map(([key, value]) => [anyToTagged(key), anyToTagged(value)]));
    case 'struct': {
      const fields = [...gobValue.fields].map(([name, value]): [string, Tagged] => [
        name,
        anyToTagged(value),
      ]);
      return { $struct: gobValue.name, fields: Object.fromEntries(fields) };
    }
    case 'interface':
      return (
        gobValue.content && { $iface: gobValue.content.name, value: anyToTagged(gobValue.content.value) }
      );
  }
}

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
