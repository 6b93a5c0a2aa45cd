import { gob, type GobType } from '../../src/gob/index.js';
import type { SessionItem } from './recorded-sessions.js';

/** The Go types with which the golden values were made, by the names the golden files use. */

const contents: Record<string, GobType> = {};
export const anything: GobType = gob.interface(contents);
export const driverOptions: GobType = gob.interface(contents, 'drivers.DriverOptions');

const point = gob.struct('main.Point', { X: gob.int, Y: gob.int });
const inner = gob.struct('main.Inner', { A: gob.int, B: gob.int });
const withIface = gob.struct('main.WithIface', { Name: gob.string, V: anything });
const mapOfAnything = gob.map(gob.string, anything);
const strings = gob.slice(gob.string);
const flag = { Name: gob.string, Usage: gob.string, EnvVar: gob.string };

// Go registers types for all interfaces at once, so some of these contain the interface itself.
Object.assign(contents, {
  'vec.Point': point,
  'vec.Inner': inner,
  'vec.WithIface': withIface,
  'vec.mapSI': mapOfAnything,
  'vec.ifaces': gob.slice(anything),
  '*mcnflag.StringFlag': gob.struct('mcnflag.StringFlag', { ...flag, Value: gob.string }),
  '*mcnflag.IntFlag': gob.struct('mcnflag.IntFlag', { ...flag, Value: gob.int }),
  '*mcnflag.BoolFlag': gob.struct('mcnflag.BoolFlag', flag),
  '*mcnflag.StringSliceFlag': gob.struct('mcnflag.StringSliceFlag', { ...flag, Value: strings }),
  '*rpcdriver.RPCFlags': gob.struct('rpcdriver.RPCFlags', { Values: mapOfAnything }),
});

const header = { ServiceMethod: gob.string, Seq: gob.uint64 };
const requestHeader = gob.struct('rpc.Request', header);
const responseHeader = gob.struct('rpc.Response', { ...header, Error: gob.string });
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
  MapOfStruct: gob.struct('main.MapOfStruct', { M: gob.map(gob.string, point) }),
  SliceOfStruct: gob.struct('main.SliceOfStruct', { Ps: gob.slice(point) }),
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
  Request: requestHeader,
  Response: responseHeader,
  Old: gob.struct('main.Old', { A: gob.int, B: gob.string }),
  New: gob.struct('main.New', { A: gob.int, B: gob.string, C: strings, D: gob.float }),
  OnlyB: gob.struct('main.OnlyB', { B: gob.string }),
  Disjoint: gob.struct('main.Disjoint', { Z: gob.int }),
  WrongKind: gob.struct('main.WrongKind', { A: gob.string, B: gob.string }),
  Unsigned: gob.struct('main.Unsigned', { A: gob.uint, B: gob.string }),
  OptDeep: gob.struct('main.OptDeep', { A: gob.int }),
};

const others: Readonly<Record<string, GobType>> = {
  bool: gob.bool,
  int: gob.int,
  int8: gob.int8,
  uint64: gob.uint64,
  uint8: gob.uint8,
  float64: gob.float,
  float32: gob.float32,
  string: gob.string,
  '[]byte': gob.bytes,
  '[]string': strings,
  '[]float64': gob.slice(gob.float),
  '[]int': gob.slice(gob.int),
  '[][]string': gob.slice(strings),
  '[]Point': gob.slice(point),
  '[]interface{}': gob.slice(anything),
  'map[string]interface{}': mapOfAnything,
  'map[string]string': gob.map(gob.string, gob.string),
  'map[int]string': gob.map(gob.int, gob.string),
  'map[string][]string': gob.map(gob.string, strings),
  'interface{}': anything,
  '*interface{}': anything,
  'drivers.DriverOptions': driverOptions,
  '[]mcnflag.Flag': gob.slice(gob.interface(contents, 'mcnflag.Flag')),
  'struct {}': gob.struct('', {}),
  'rpc.Request': requestHeader,
};

/**
 * Golden structs with fields of kinds that are not spoken here: the types of the fields that are, by the struct's name.
 */
export const spokenParts: Readonly<Record<string, GobType>> = {
  WithArray: gob.struct('main.WithArray', { S: gob.string }),
  Outer: gob.struct('main.Outer', { In: inner, Name: gob.string }),
  Tagged: gob.struct('main.Tagged', {}),
  List: gob.struct('main.List', { V: gob.int }),
  Wanted: gob.struct('main.Wanted', { First: gob.string, Middle: strings, Last: gob.int }),
};

/** The types of recorded arguments and replies, by the names that the recordings use. */
const recordedTypes: Readonly<Record<string, GobType>> = {
  'struct{}': gob.struct('', {}),
  int: gob.int,
  string: gob.string,
  '[]byte': gob.bytes,
  '[]string': strings,
  'map[string]string': gob.map(gob.string, gob.string),
  interface: anything,
  '[]interface': gob.slice(anything),
  odd: gob.struct('main.odd', { A: gob.string, B: gob.string }),
};

/** The type of a recorded header or body. */
export function typeOfRecorded({ kind, dir, typeName = '' }: SessionItem): GobType {
  const type = recordedTypes[typeName];
  if (kind === 'header') return dir === 'client->server' ? requestHeader : responseHeader;
  if (type === undefined) throw new Error(`no type for ${typeName}`);
  return type;
}

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
