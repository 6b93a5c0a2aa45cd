import { gob, GobDecoder, GobEncoder, GobError, type GobType } from '../../src/gob/index.js';
import { contentType } from '../../src/gob/schema/builders.js';

const point = gob.struct('main.Point', { X: gob.int, Y: gob.int });
const anything = gob.interface({ 'main.Point': point });
/** The same type, of which the compiler has forgotten what its values are. */
const anyPoint: GobType = point;

const POINT_65 = '1fff8103010105506f696e7401ff82000102010158010400010159010400000007ff82012c014200';

function recorder(firstTypeId?: number): { readonly encoder: GobEncoder; readonly writes: string[] } {
  const writes: string[] = [];
  const encoder = new GobEncoder((bytes) => writes.push(Buffer.from(bytes).toString('hex')), { firstTypeId });
  return { encoder, writes };
}

test('one write for each encode, definitions included', () => {
  const { encoder, writes } = recorder();
  encoder.encode(point, { X: 22, Y: 33 });
  encoder.encode(point, { X: 1, Y: 0 });
  expect(writes).toEqual([POINT_65, '05ff82010200']);
});

test('one write for several values', () => {
  const { encoder, writes } = recorder();
  encoder.encodeAll([
    { type: point, value: { X: 22, Y: 33 } },
    { type: gob.int, value: 1 },
  ]);
  expect(writes).toEqual([`${POINT_65}03040002`]);
});

test('what was written is not touched by the next value', () => {
  const kept: Uint8Array[] = [];
  const encoder = new GobEncoder((bytes) => kept.push(bytes));
  encoder.encode(gob.int, 1);
  encoder.encode(gob.int, 2);
  expect(kept.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(['03040002', '03040004']);
});

describe('a value that is not of its type', () => {
  const self = gob.slice(gob.string);
  const wrong: [string, GobType, unknown, string][] = [
    ['text as int', gob.int, '1', 'gob: cannot encode string as int'],
    ['a fraction as int', gob.int, 0.5, 'gob: cannot encode number as int'],
    ['an unsafe number as int', gob.int, 2 ** 53, 'gob: cannot encode number as int'],
    ['2^63 as int', gob.int, 2n ** 63n, 'gob: 9223372036854775808 does not fit into int'],
    ['-1 as uint', gob.uint, -1, 'gob: -1 does not fit into uint'],
    ['2^64 as uint', gob.uint, 2n ** 64n, 'gob: 18446744073709551616 does not fit into uint'],
    ['128 as int8', gob.int8, 128, 'gob: 128 does not fit into int8'],
    ['1 as bool', gob.bool, 1, 'gob: cannot encode number as bool'],
    ['null as string', gob.string, null, 'gob: cannot encode null as string'],
    ['bigint as float', gob.float, 1n, 'gob: cannot encode bigint as float64'],
    ['list as bytes', gob.bytes, [1], 'gob: cannot encode array of 1 as []uint8'],
    ['text as list', self, 'a', 'gob: cannot encode string as []string'],
    ['object as map', gob.map(gob.string, gob.int), {}, 'gob: cannot encode object as map[string]int'],
    ['text as struct', point, 'a', 'gob: cannot encode string as main.Point'],
    ['a wrong field', point, { X: 'a' }, 'gob: cannot encode string as int'],
    ['a missing field', point, { X: 1 }, 'gob: cannot encode undefined as int'],
    ['nil in a list', gob.slice(point), [null], 'gob: cannot encode null as main.Point'],
    ['a bare value as interface', anything, 1, 'gob: cannot encode number as interface {}'],
    [
      'an unknown content',
      anything,
      { name: 'x.Y', value: 1 },
      'gob: type not registered for interface: x.Y',
    ],
  ];

  test.each(wrong)('%s', (_, type, value, message) => {
    const { encoder, writes } = recorder();
    expect(() => encoder.encode(type, value)).toThrow(new GobError('usage', message.replace('gob: ', '')));
    expect(writes).toEqual([]);
  });

  test('leaves no trace: the next value is defined and numbered as if it were the first', () => {
    const { encoder, writes } = recorder();
    const other: GobType = gob.struct('main.Other', { P: point, Bad: gob.int });
    const content: GobType = anything;
    expect(() => encoder.encode(other, { P: { X: 1, Y: 0 }, Bad: 'x' })).toThrow(GobError);
    expect(() =>
      encoder.encodeAll([
        { type: point, value: { X: 0, Y: 0 } },
        { type: content, value: { name: 'x.Y', value: 1 } },
      ]),
    ).toThrow(GobError);
    encoder.encode(point, { X: 22, Y: 33 });
    expect(writes).toEqual([POINT_65]);
  });

  test('does not forget what was sent before', () => {
    const { encoder, writes } = recorder();
    encoder.encode(point, { X: 22, Y: 33 });
    expect(() => encoder.encode(anyPoint, { X: 'x' })).toThrow(GobError);
    encoder.encode(point, { X: 1, Y: 0 });
    expect(writes).toEqual([POINT_65, '05ff82010200']);
  });
});

describe('types', () => {
  test('equal literals are one type', () => {
    expect(gob.slice(gob.string)).toBe(gob.slice(gob.string));
    expect(gob.map(gob.string, anything)).toBe(gob.map(gob.string, anything));
    expect(gob.struct('', {})).toBe(gob.struct('', {}));
  });

  test('a slice of uint8 is called bytes', () => {
    expect(() => gob.slice(gob.uint8)).toThrow('a slice of uint8 is the type gob.bytes');
  });

  test('a struct of zeros is sent in a struct, minus zero and an empty map are not', () => {
    const { encoder, writes } = recorder();
    const type = gob.struct('', { M: gob.map(gob.string, gob.int), P: point, F: gob.float });
    encoder.encode(type, { M: new Map(), P: { X: 0, Y: 0 }, F: -0 });
    expect(writes[0]).toMatch(/05ff82020000$/);
  });

  test('nesting has an end', () => {
    const contents: Record<string, GobType> = {};
    const list: GobType = gob.struct('t.List', { Next: gob.interface(contents) });
    contents['t.List'] = list;
    const circle: { Next?: unknown } = {};
    circle.Next = { name: 't.List', value: circle };
    expect(() => recorder().encoder.encode(list, circle)).toThrow('a value nested 1000 deep or more');
  });

  test('a type may contain an interface that holds values of this type', () => {
    const contents: Record<string, GobType> = {};
    const list: GobType = gob.struct('t.List', { V: gob.int, Next: gob.interface(contents) });
    contents['t.List'] = list;
    const value = { V: 1, Next: { name: 't.List', value: { V: 2, Next: null } } };
    const { encoder, writes } = recorder();
    encoder.encode(list, value);
    const decoder = new GobDecoder();
    decoder.push(Buffer.from(writes.join(''), 'hex'));
    expect(decoder.decode(list)).toEqual({ value });
  });
});

describe('an interface', () => {
  test('knows the basic types by their names in Go', () => {
    const find = (name: string): GobType | undefined =>
      contentType({ kind: 'interface', name: '', contents: {} }, name);
    expect(find('[]string')).toBe(gob.slice(gob.string));
    expect(find('[]uint8')).toBe(gob.bytes);
    expect(find('float64')).toBe(gob.float);
    expect(find('toString')).toBeUndefined();
  });

  test.each(['', 'int', '[]string'])('does not take the name %p', (name) => {
    expect(() => gob.interface({ [name]: point })).toThrow(GobError);
  });
});
