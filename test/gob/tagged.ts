import type { GobType } from '../../src/gob/index.js';
import { contentType } from '../../src/gob/schema/builders.js';
import { textOfBytes } from '../../src/gob/wire/text.js';

/**
 * The golden files write values as tagged JSON (see test/golden/README.md). Here they become JS values of a
 * type, and back; both ways give one normal form that `toEqual` can compare.
 */
export type Tagged =
  boolean | number | string | null | readonly Tagged[] | { readonly [key: string]: Tagged };

type TaggedRecord = Readonly<Record<string, Tagged>>;

function taggedFields(tagged: Tagged | undefined): TaggedRecord {
  return typeof tagged === 'object' && tagged !== null && !isList(tagged) ? tagged : {};
}

/** Writes out repetitions, brings numbers to one spelling, drops type ids. */
export function normalise(tagged: Tagged): Tagged {
  if (isList(tagged)) return tagged.map(normalise);
  if (typeof tagged !== 'object' || tagged === null) return tagged;
  const { $stringHex, $repeat, $bytesRepeat, $listRepeat, $float, $complex, $map } = tagged;
  if ($stringHex !== undefined) return textOfHex(textOf($stringHex));
  if (isList($repeat)) return textOf($repeat[0]).repeat(Number($repeat[1]));
  if (isList($bytesRepeat)) return { $bytes: textOf($bytesRepeat[0]).repeat(Number($bytesRepeat[1])) };
  if (isList($listRepeat)) {
    const element = normalise($listRepeat[0] ?? null);
    return Array.from({ length: Number($listRepeat[1]) }, () => element);
  }
  if ($map !== undefined)
    return tagMap(entriesOf($map).map(([key, value]) => [normalise(key), normalise(value)]));
  if ($float !== undefined) return { $float: spellFloat(floatOf($float)) };
  if (isList($complex)) return { $complex: $complex.map((part) => spellFloat(floatOf(part))) };
  const entries = Object.entries(tagged).filter(([key]) => key !== 'typeId');
  return Object.fromEntries(entries.map(([key, value]) => [key, normalise(value)]));
}

/** A JS value of `type`, as the encoder takes it. */
export function fromTagged(type: GobType, tagged: Tagged): unknown {
  if (tagged === null) return null;
  const record = taggedFields(tagged);
  switch (type.kind) {
    case 'int':
      return integerOf(record['$int']);
    case 'uint':
      return integerOf(record['$uint']);
    case 'float':
      return floatOf(record['$float'] ?? null);
    case 'bytes':
      return new Uint8Array(Buffer.from(textOf(record['$bytes']), 'hex'));
    case 'slice':
      return isList(tagged) ? tagged.map((element) => fromTagged(type.elem, element)) : tagged;
    case 'map': {
      const pairs = entriesOf(record['$map']);
      return new Map(pairs.map(([key, value]) => [fromTagged(type.key, key), fromTagged(type.elem, value)]));
    }
    case 'struct':
      return structFromTagged(type, record);
    case 'interface': {
      const name = textOf(record['$iface']);
      const content = contentType(type, name);
      if (content === undefined) throw new Error(`${name} is not registered`);
      return { name, value: fromTagged(content, record['value'] ?? null) };
    }
    default:
      return tagged;
  }
}

function structFromTagged(struct: Extract<GobType, { kind: 'struct' }>, record: TaggedRecord): unknown {
  const fields = taggedFields(record['fields']);
  const entries = struct.fields.map(({ name, type }): [string, unknown] => [
    name,
    fromTagged(type, fields[name] ?? null),
  ]);
  return Object.fromEntries(entries);
}

function textOfHex(hex: string): string {
  return textOfBytes(Buffer.from(hex, 'hex'), 0, hex.length / 2);
}

/** The order of a map's entries means nothing. */
export function tagMap(entries: readonly (readonly [Tagged, Tagged])[]): Tagged {
  const byKey = (a: readonly Tagged[], b: readonly Tagged[]): number =>
    JSON.stringify(a[0]) < JSON.stringify(b[0]) ? -1 : 1;
  return { $map: [...entries].sort(byKey) };
}

function isList(value: Tagged | undefined): value is readonly Tagged[] {
  return Array.isArray(value);
}

export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`text expected, not ${JSON.stringify(value)}`);
  return value;
}

function entriesOf(value: Tagged | undefined): readonly (readonly [Tagged, Tagged])[] {
  return isList(value)
    ? value.map((pair) => (isList(pair) ? [pair[0] ?? null, pair[1] ?? null] : [null, null]))
    : [];
}

function integerOf(value: unknown): number | bigint {
  const exact = BigInt(textOf(value));
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

function floatOf(value: unknown): number {
  return Number(textOf(value).replace(/Inf$/, 'Infinity'));
}

export function spellFloat(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
