import { gob, GobEncoder, GobError, InterfaceRegistry, type GobType } from '../../src/gob/index.js';

const registry = new InterfaceRegistry();
const anything = gob.interface(registry);
const point = gob.struct('main.Point', { X: gob.int, Y: gob.int });
registry.register('main.Point', point);

const POINT_65 = '1fff8103010105506f696e7401ff82000102010158010400010159010400000007ff82012c014200';

function recorder(firstTypeId?: number): { readonly encoder: GobEncoder; readonly writes: string[] } {
  const writes: string[] = [];
  const encoder = new GobEncoder((bytes) => writes.push(Buffer.from(bytes).toString('hex')), { firstTypeId });
  return { encoder, writes };
}

test('one write for each encode, definitions included', () => {
  const { encoder, writes } = recorder();
  encoder.encode(point, { X: 22, Y: 33 });
  encoder.encode(point, { X: 1 });
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
    ['number as complex', gob.complex, 1, 'gob: cannot encode number as complex128'],
    ['half a complex', gob.complex, { real: 1, imaginary: '' }, 'gob: cannot encode object as complex128'],
    ['list as bytes', gob.bytes, [1], 'gob: cannot encode array of 1 as []uint8'],
    ['text as list', self, 'a', 'gob: cannot encode string as []string'],
    ['two as array of three', gob.array(gob.int, 3), [1, 2], 'gob: cannot encode array of 2 as [3]int'],
    ['object as map', gob.map(gob.string, gob.int), {}, 'gob: cannot encode object as map[string]int'],
    ['text as struct', point, 'a', 'gob: cannot encode string as main.Point'],
    ['a wrong field', point, { X: 'a' }, 'gob: cannot encode string as int'],
    ['nil in a list', gob.slice(gob.pointer(point)), [null], 'gob: cannot encode null as main.Point'],
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
    const other = gob.struct('main.Other', { P: point, Bad: gob.int });
    expect(() => encoder.encode(other, { P: { X: 1 }, Bad: 'x' })).toThrow(GobError);
    expect(() =>
      encoder.encodeAll([
        { type: point, value: {} },
        { type: anything, value: { name: 'x.Y', value: 1 } },
      ]),
    ).toThrow(GobError);
    encoder.encode(point, { X: 22, Y: 33 });
    expect(writes).toEqual([POINT_65]);
  });

  test('does not forget what was sent before', () => {
    const { encoder, writes } = recorder();
    encoder.encode(point, { X: 22, Y: 33 });
    expect(() => encoder.encode(point, { X: 'x' })).toThrow(GobError);
    encoder.encode(point, { X: 1 });
    expect(writes).toEqual([POINT_65, '05ff82010200']);
  });
});

describe('types', () => {
  test('equal literals are one type', () => {
    expect(gob.slice(gob.string)).toBe(gob.slice(gob.string));
    expect(gob.map(gob.string, anything)).toBe(gob.map(gob.string, anything));
    expect(gob.array(gob.int, 3)).toBe(gob.array(gob.int, 3));
    expect(gob.slice(gob.pointer(point))).toBe(gob.slice(gob.pointer(point)));
    expect(gob.array(gob.int, 3)).not.toBe(gob.array(gob.int, 4));
    expect(gob.struct('', {})).toBe(gob.struct('', {}));
  });

  test('a slice of uint8 is bytes', () => expect(gob.slice(gob.uint8)).toBe(gob.bytes));

  test('an absent value is the zero value', () => {
    const { encoder, writes } = recorder();
    encoder.encode(point, undefined);
    encoder.encode(gob.array(gob.string, 2), undefined);
    expect(writes.map((hex) => hex.slice(-12))).toEqual(
      ['00000003ff8200', '05ff8400020000'].map((h) => h.slice(-12)),
    );
  });

  test('an absent struct or array is sent in a struct, minus zero is not', () => {
    const { encoder, writes } = recorder();
    encoder.encode(gob.struct('', { A: gob.array(gob.int, 1), P: point, F: gob.float }), { F: -0 });
    expect(writes[0]).toMatch(/08ff82010100010000$/);
  });

  test('two slices that contain each other', () => {
    const one: GobType = gob.slice(
      gob.lazy(() => two),
      't.One',
    );
    const two: GobType = gob.slice(
      gob.lazy(() => one),
      't.Two',
    );
    const { encoder, writes } = recorder();
    encoder.encode(one, [[[]], []]);
    expect(writes[0]).toMatch(
      /^12ff83020101034f6e6501ff840001ff82000012ff810201010354776f01ff820001ff840000/,
    );
  });

  test('a type that only refers to itself is refused', () => {
    const loop: GobType = gob.lazy(() => loop);
    expect(() => recorder().encoder.encode(loop, 1)).toThrow('a type that only refers to itself');
  });

  test('an array has a length', () => expect(() => gob.array(gob.int, -1)).toThrow(GobError));

  test('nesting has an end', () => {
    const list: GobType = gob.struct('t.List', { Next: gob.pointer(gob.lazy(() => list)) });
    const circle: { Next?: unknown } = {};
    circle.Next = circle;
    expect(() => recorder().encoder.encode(list, circle)).toThrow('a value nested 10000 deep or more');
  });
});

describe('a registry', () => {
  test('knows the basic types by their names in Go', () => {
    expect(registry.find('[]string')).toBe(gob.slice(gob.string));
    expect(registry.find('[]uint8')).toBe(gob.bytes);
    expect(registry.find('float64')).toBe(gob.float);
    expect(registry.find('toString')).toBeUndefined();
  });

  test.each(['', 'int', 'main.Point'])('does not take the name %p', (name) => {
    expect(() => registry.register(name, gob.int)).toThrow(GobError);
  });
});
