import { gob, GobDecoder, GobEncoder, GobError, type GobType } from '../../src/gob/index.js';

const anything = gob.interface({});
const point = gob.struct('main.Point', { X: gob.int, Y: gob.int });

function encoded(...values: readonly (readonly [GobType, unknown])[]): Buffer {
  const written: Uint8Array[] = [];
  const encoder = new GobEncoder((bytes) => written.push(bytes));
  for (const [type, value] of values) encoder.encode(type, value);
  return Buffer.concat(written);
}

function faultOf(attempt: () => unknown): GobError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof GobError) return error;
    throw error;
  }
  throw new Error('no fault');
}

describe('a value of another type is read to its end, and the stream goes on', () => {
  const sent = gob.interface({ 'main.Point': point });
  const wrong: [string, GobType, unknown, GobType, string][] = [
    [
      'string for int',
      gob.string,
      'a',
      gob.int,
      'gob: decoding into local type *int, received remote type string',
    ],
    [
      'int for bytes',
      gob.int,
      17,
      gob.bytes,
      'gob: decoding into local type *[]uint8, received remote type int',
    ],
    [
      'int for struct',
      gob.int,
      17,
      gob.struct('', {}),
      'gob: type mismatch in decoder: want struct type struct {}; got non-struct',
    ],
    [
      'bytes for interface',
      gob.bytes,
      new Uint8Array(3),
      gob.interface({}, 'drivers.DriverOptions'),
      'gob: local interface type *drivers.DriverOptions can only be decoded from remote interface type; received concrete type bytes',
    ],
    [
      'list of another type',
      gob.slice(gob.int),
      [1],
      gob.slice(gob.string),
      'gob: decoding into local type *[]string, received remote type []int',
    ],
    ['too large', gob.int, 300, gob.int8, 'gob: value for "int8" out of range'],
    ['too small', gob.int, -129, gob.int8, 'gob: value for "int8" out of range'],
    ['too large, unsigned', gob.uint, 256, gob.uint8, 'gob: value for "uint8" out of range'],
    ['too large, float', gob.float, 1e300, gob.float32, 'gob: value for "float32" out of range'],
    [
      'content not registered, of a type that is new on the stream',
      sent,
      { name: 'main.Point', value: { X: 1, Y: 0 } },
      anything,
      'gob: name not registered for interface: "main.Point"',
    ],
    [
      'content of another type than registered',
      gob.interface({ t: gob.slice(point) }),
      { name: 't', value: [{ X: 1, Y: 0 }] },
      gob.interface({ t: point }),
      'gob: type mismatch in decoder: want struct type main.Point; got non-struct',
    ],
    [
      'the first of two wrong elements is named',
      gob.slice(gob.int),
      [128, 1],
      gob.slice(gob.int8),
      'gob: value for "int8" out of range',
    ],
    [
      'two wrong contents: the first is named',
      gob.slice(sent),
      [
        { name: 'main.Point', value: { X: 1, Y: 0 } },
        { name: '[]int', value: [1] },
      ],
      gob.slice(gob.interface({ 'main.Point': gob.int })),
      'gob: decoding into local type *int, received remote type Point',
    ],
    [
      'one wrong element among good ones',
      gob.slice(sent),
      [{ name: 'int', value: 1 }, { name: 'main.Point', value: { X: 1, Y: 0 } }, null],
      gob.slice(anything),
      'gob: name not registered for interface: "main.Point"',
    ],
  ];

  test.each(wrong)('%s', (_, type, value, target, message) => {
    const decoder = new GobDecoder();
    const fault = faultOf(() => {
      // Byte by byte, so that it also happens in the middle of a value.
      for (const byte of encoded([type, value], [gob.string, 'next'])) {
        decoder.push(Uint8Array.of(byte));
        decoder.decode(target);
      }
    });
    expect(fault).toMatchObject({ fault: 'mismatch', recoverable: true, message });

    const again = new GobDecoder();
    again.push(encoded([type, value], [gob.string, 'next']));
    expect(() => again.decode(target)).toThrow(message);
    expect(again.decode(gob.string)).toEqual({ value: 'next' });
    again.end();
  });

  test('the limits of a type are inside it', () => {
    const ends: [GobType, number][] = [
      [gob.int8, -128],
      [gob.int8, 127],
      [gob.int16, -32768],
      [gob.int32, 2147483647],
      [gob.uint8, 255],
      [gob.uint32, 4294967295],
    ];
    for (const [type, value] of ends) {
      const decoder = new GobDecoder();
      decoder.push(encoded([type, value]));
      expect(decoder.decode(type)).toEqual({ value });
    }
  });
});

describe('nonsense in a message', () => {
  test.each([
    ['more behind a definition', 'ff81030102ff82000000 0a ff83030102ff84000000', 'extra data in buffer'],
    ['a definition of id 2^40', 'fa01ffffffffff 030102ff82000000', 'type id 1099511627776 is too large'],
    ['a value of type 2^40', 'fa020000000000 00', 'unknown type id 1099511627776'],
    [
      'a definition of two kinds',
      'ff81 02 0102ff8200 0104 00 01 0102ff820000 00',
      'a type definition of two kinds',
    ],
    ['a definition with a negative part', 'ff81 02 0102ff8200 0105 00 00', '-3 in a type definition'],
    ['a definition with a field that no kind has', 'ff81 08 00 00', 'field numbers out of bounds'],
  ])('%s', (_, hex, message) => {
    const body = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const decoder = new GobDecoder();
    decoder.push(Uint8Array.of(body.length, ...body));
    const fault = faultOf(() => decoder.skip());
    expect(fault.fault).toBe('malformed');
    expect(fault.message).toContain(message);
  });

  test('costs that message only', () => {
    const decoder = new GobDecoder();
    decoder.push(Uint8Array.of(3, 4, 1, 6, 3, 4, 0, 2));
    expect(faultOf(() => decoder.decode(gob.int))).toMatchObject({ fault: 'malformed', recoverable: true });
    expect(decoder.decode(gob.int)).toEqual({ value: 1 });
  });

  test('in the length of a message costs the stream', () => {
    const decoder = new GobDecoder();
    decoder.push(Uint8Array.of(0xf7, 4, 1, 6, 3, 4, 0, 2));
    const fault = faultOf(() => decoder.decode(gob.int));
    expect(fault).toMatchObject({ fault: 'framing', recoverable: false });
    expect(faultOf(() => decoder.decode(gob.int))).toBe(fault);
    expect(() => decoder.end()).not.toThrow();
  });
});

describe('the end of a stream', () => {
  test('between two values is no fault', () => {
    const decoder = new GobDecoder();
    decoder.push(encoded([gob.int, 1]));
    decoder.decode(gob.int);
    expect(() => decoder.end()).not.toThrow();
    expect(decoder.decode(gob.int)).toBeUndefined();
  });

  test.each([
    ['in a message', Uint8Array.of(3, 4, 0)],
    ['behind a definition', Uint8Array.from(encoded([gob.struct('', {}), {}]).subarray(0, 11))],
  ])('%s is one', (_, bytes) => {
    const decoder = new GobDecoder();
    decoder.push(bytes);
    expect(decoder.skip()).toBe(false);
    expect(faultOf(() => decoder.end())).toMatchObject({ fault: 'framing', message: 'gob: unexpected EOF' });
    expect(() => decoder.skip()).toThrow('unexpected EOF');
  });
});

test('a half-read value cannot be asked for as another type', () => {
  const decoder = new GobDecoder();
  const bytes = encoded([
    gob.interface({ 'main.Point': point }),
    { name: 'main.Point', value: { X: 1, Y: 0 } },
  ]);
  decoder.push(bytes.subarray(0, bytes.length - 7));
  expect(decoder.decode(gob.interface({ 'main.Point': point }, 'one'))).toBeUndefined();
  expect(faultOf(() => decoder.decode(gob.int))).toMatchObject({ fault: 'usage' });
});
