import { gob, InterfaceRegistry, type GobType } from '../../src/gob/index.js';

/** The Go types with which the golden values were made, by the names the golden files use. */

const registry = new InterfaceRegistry();
export const anything = gob.interface(registry);
export const driverOptions = gob.interface(registry, 'drivers.DriverOptions');

const point = gob.struct('main.Point', { X: gob.int, Y: gob.int });
const inner = gob.struct('main.Inner', { A: gob.int, B: gob.int });
const withIface = gob.struct('main.WithIface', { Name: gob.string, V: anything });
const mapOfAnything = gob.map(gob.string, anything);
const strings = gob.slice(gob.string);
const flag = { Name: gob.string, Usage: gob.string, EnvVar: gob.string };

registry
  .register('vec.Point', point)
  .register('vec.Inner', inner)
  .register('vec.WithIface', withIface)
  .register('vec.mapSI', mapOfAnything)
  .register('vec.ifaces', gob.slice(anything))
  .register('*mcnflag.StringFlag', gob.struct('mcnflag.StringFlag', { ...flag, Value: gob.string }))
  .register('*mcnflag.IntFlag', gob.struct('mcnflag.IntFlag', { ...flag, Value: gob.int }))
  .register('*mcnflag.BoolFlag', gob.struct('mcnflag.BoolFlag', flag))
  .register('*mcnflag.StringSliceFlag', gob.struct('mcnflag.StringSliceFlag', { ...flag, Value: strings }))
  .register('*rpcdriver.RPCFlags', gob.struct('rpcdriver.RPCFlags', { Values: mapOfAnything }));

const list: GobType = gob.struct('main.List', { V: gob.int, Next: gob.pointer(gob.lazy(() => list)) });
const recursiveSlice: GobType = gob.slice(
  gob.lazy(() => recursiveSlice),
  'main.RSlice',
);
const recursiveMap: GobType = gob.map(
  gob.string,
  gob.lazy(() => recursiveMap),
  'main.RMap',
);
const wideFields = Array.from({ length: 20 }, (_, i): [string, GobType] => [
  `F${String(i).padStart(2, '0')}`,
  gob.int,
]);

export const structs: Readonly<Record<string, GobType>> = {
  '': gob.struct('', {}),
  Point: point,
  Inner: inner,
  WithIface: withIface,
  Empty: gob.struct('main.Empty', {}),
  Hidden: gob.struct('main.Hidden', { Seen: gob.int }),
  Bools: gob.struct('main.Bools', { A: gob.bool, B: gob.bool, C: gob.bool }),
  Wide: gob.struct('main.Wide', Object.fromEntries(wideFields)),
  WithArray: gob.struct('main.WithArray', { A: gob.array(gob.int, 3), S: gob.string }),
  MapOfStruct: gob.struct('main.MapOfStruct', { M: gob.map(gob.string, point) }),
  SliceOfStruct: gob.struct('main.SliceOfStruct', { Ps: gob.slice(point) }),
  Outer: gob.struct('main.Outer', { In: inner, P: gob.pointer(inner), Name: gob.string }),
  Named: gob.struct('main.Named', {
    Name: gob.string,
    Count: gob.int,
    Ok: gob.bool,
    Ratio: gob.float,
    Data: gob.bytes,
    Tags: strings,
  }),
  Ints: gob.struct('main.Ints', {
    I8: gob.int8,
    I16: gob.int16,
    I32: gob.int32,
    I64: gob.int64,
    U8: gob.uint8,
    U16: gob.uint16,
    U32: gob.uint32,
    U64: gob.uint64,
    F32: gob.float32,
  }),
  Tagged: gob.struct('main.Tagged', {
    WhenT: gob.opaque('time.Time'),
    Big: gob.pointer(gob.opaque('big.Int', 'gob', true)),
  }),
  List: list,
  Request: gob.struct('rpc.Request', { ServiceMethod: gob.string, Seq: gob.uint64 }),
  Response: gob.struct('rpc.Response', { ServiceMethod: gob.string, Seq: gob.uint64, Error: gob.string }),
  Old: gob.struct('main.Old', { A: gob.int, B: gob.string }),
  New: gob.struct('main.New', { A: gob.int, B: gob.string, C: strings, D: gob.float }),
  OnlyB: gob.struct('main.OnlyB', { B: gob.string }),
  Disjoint: gob.struct('main.Disjoint', { Z: gob.int }),
  WrongKind: gob.struct('main.WrongKind', { A: gob.string, B: gob.string }),
  Unsigned: gob.struct('main.Unsigned', { A: gob.uint, B: gob.string }),
  OptDeep: gob.struct('main.OptDeep', { A: gob.pointer(gob.pointer(gob.int)) }),
};

const others: Readonly<Record<string, GobType>> = {
  bool: gob.bool,
  int: gob.int,
  int8: gob.int8,
  uint64: gob.uint64,
  uint8: gob.uint8,
  float64: gob.float,
  float32: gob.float32,
  complex128: gob.complex,
  string: gob.string,
  '[]byte': gob.bytes,
  '[]string': strings,
  '[]float64': gob.slice(gob.float),
  '[]int': gob.slice(gob.int),
  '[][]string': gob.slice(strings),
  '[]Point': gob.slice(point),
  '[]interface{}': gob.slice(anything),
  '[3]int': gob.array(gob.int, 3),
  '[2]string': gob.array(gob.string, 2),
  'map[string]interface{}': mapOfAnything,
  'map[string]string': gob.map(gob.string, gob.string),
  'map[int]string': gob.map(gob.int, gob.string),
  'map[string][]string': gob.map(gob.string, strings),
  'interface{}': anything,
  '*interface{}': anything,
  'drivers.DriverOptions': driverOptions,
  '[]mcnflag.Flag': gob.slice(gob.interface(registry, 'mcnflag.Flag')),
  'struct {}': gob.struct('', {}),
  'rpc.Request': structs['Request'] ?? gob.bool,
  RSlice: recursiveSlice,
  RMap: recursiveMap,
};

/** The type of a golden value: by its Go name, else by the struct's name, else by the kind of the value. */
export function typeOfGolden(goType: string, tagged: unknown): GobType {
  const named = others[goType] ?? structs[goType];
  if (named !== undefined) return named;
  if (typeof tagged === 'string') return gob.string;
  if (typeof tagged !== 'object' || tagged === null) throw new Error(`no type for ${goType}`);
  if ('$struct' in tagged && typeof tagged.$struct === 'string') {
    const struct = structs[tagged.$struct];
    if (struct !== undefined) return struct;
  }
  if ('$int' in tagged) return gob.int;
  if ('$bytes' in tagged) return gob.bytes;
  if ('$iface' in tagged) return driverOptions;
  throw new Error(`no type for ${goType}`);
}
