import { gob, GobDecoder, GobEncoder, type GobType, type Infer } from '../../src/gob/index.js';

/** `true` where the compiler takes both for the same type; anything else does not compile. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;
const same = <A, B>(is: Same<A, B>): void => expect(is).toBe(true);

/** What comes out for what goes in, under the type that the compiler gives it. */
function through<T>(type: GobType<T>, value: NoInfer<T>): T {
  const decoder = new GobDecoder();
  new GobEncoder((bytes) => decoder.push(bytes)).encode(type, value);
  const done = decoder.decode(type);
  if (done === undefined) throw new Error('no value');
  return done.value;
}

const point = gob.struct('main.Point', { X: gob.int32, Name: gob.string });
const anything = gob.interface({ 'main.Point': point });

test('the values of each type are what the compiler says', () => {
  const bool: boolean = through(gob.bool, true);
  const small: number = through(gob.int32, -5);
  const wide: number | bigint = through(gob.uint64, 2n ** 64n - 1n);
  const float: number = through(gob.float, 0.25);
  const text: string = through(gob.string, 'naïve');
  const bytes: Uint8Array = through(gob.bytes, Uint8Array.of(1, 2));
  const list: readonly string[] = through(gob.slice(gob.string), ['a', '']);
  const map: ReadonlyMap<string, number> = through(gob.map(gob.string, gob.int8), new Map([['k', 1]]));
  const struct: { readonly X: number; readonly Name: string } = through(point, { X: 1, Name: 'p' });
  expect([bool, small, wide, float, text, bytes, list, map, struct]).toEqual([
    true,
    -5,
    2n ** 64n - 1n,
    0.25,
    'naïve',
    Uint8Array.of(1, 2),
    ['a', ''],
    new Map([['k', 1]]),
    { X: 1, Name: 'p' },
  ]);
});

test('fields that were not sent have a value of their type', () => {
  const all = gob.struct('main.All', {
    Bool: gob.bool,
    Int: gob.int,
    Float: gob.float,
    Text: gob.string,
    Bytes: gob.bytes,
    List: gob.slice(gob.int),
    Map: gob.map(gob.string, gob.int),
    Struct: point,
    Interface: anything,
  });
  const zero: Infer<typeof all> = {
    Bool: false,
    Int: 0,
    Float: 0,
    Text: '',
    Bytes: new Uint8Array(0),
    List: [],
    Map: new Map(),
    Struct: { X: 0, Name: '' },
    Interface: null,
  };
  expect(through(all, zero)).toEqual(zero);
  const decoder = new GobDecoder();
  new GobEncoder((bytes) => decoder.push(bytes)).encode(gob.struct('main.None', {}), {});
  expect(decoder.decode(all)).toEqual({ value: zero });
});

test('the content of an interface is told apart by its name', () => {
  const describe = (content: Infer<typeof anything>): string => {
    switch (content?.name) {
      case 'main.Point':
        return `${content.value.Name} at ${content.value.X}`;
      case 'string':
        return content.value.toUpperCase();
      case '[]string':
        return content.value.join(' ');
      default:
        return content === null ? 'nil' : content.name;
    }
  };
  expect(describe(through(anything, { name: 'main.Point', value: { X: 3, Name: 'p' } }))).toBe('p at 3');
  expect(describe(through(anything, { name: 'string', value: 'text' }))).toBe('TEXT');
  expect(describe(through(anything, { name: '[]string', value: ['a', 'b'] }))).toBe('a b');
  expect(describe(through(anything, { name: 'bool', value: true }))).toBe('bool');
  expect(describe(through(anything, null))).toBe('nil');
});

test('a type says what its values are, and takes no others', () => {
  same<Infer<typeof point>, { readonly X: number; readonly Name: string }>(true);
  same<Infer<typeof gob.int>, number | bigint>(true);
  same<Infer<GobType<readonly string[]>>, readonly string[]>(true);
  same<Infer<GobType>, unknown>(true);
  same<GobType<string> extends GobType<number> ? true : false, false>(true);
  same<GobType<string> extends GobType ? true : false, true>(true);
  same<Parameters<typeof through<string>>, [type: GobType<string>, value: string]>(true);
  same<Extract<Infer<typeof anything>, { name: 'string' }>['value'], string>(true);
});

test('streams that define the same at first and others after that are read each by its own definitions', () => {
  const first = gob.struct('main.First', { A: gob.int });
  const texts = gob.struct('main.Next', { N: gob.string });
  const numbers = gob.struct('main.Next', { N: gob.int });
  const pairs = gob.struct('main.Next', { M: gob.string, N: gob.string });
  const send = {
    texts: (encoder: GobEncoder) => encoder.encode(texts, { N: 'one' }),
    numbers: (encoder: GobEncoder) => encoder.encode(numbers, { N: 2 }),
    pairs: (encoder: GobEncoder) => encoder.encode(pairs, { M: 'three', N: 'four' }),
  };
  const read = (what: keyof typeof send, as: GobType, limits = {}): unknown => {
    const decoder = new GobDecoder(limits);
    const encoder = new GobEncoder((bytes) => decoder.push(bytes));
    encoder.encode(first, { A: 1 });
    send[what](encoder);
    return [decoder.decode(first)?.value, decoder.decode(as)?.value];
  };
  for (let stream = 0; stream < 2; stream += 1) {
    expect(read('texts', texts)).toEqual([{ A: 1 }, { N: 'one' }]);
    expect(read('numbers', numbers)).toEqual([{ A: 1 }, { N: 2 }]);
    expect(read('pairs', pairs)).toEqual([{ A: 1 }, { M: 'three', N: 'four' }]);
  }
  expect(() => read('numbers', texts)).toThrow('wrong type');
  // What another stream has defined before counts as if this one were the first.
  expect(() => read('pairs', pairs, { maxFields: 2 })).toThrow('too many');
  expect(() => read('pairs', pairs, { maxTypes: 1 })).toThrow('too many type definitions');
  expect(() => read('pairs', pairs, { maxDefinitionBytes: 30 })).toThrow('type definitions too large');
});
