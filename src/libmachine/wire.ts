import { gob, InterfaceRegistry, type GobType } from '../gob/index.js';
import type { FlagValues, Option } from '../settings/index.js';

/*
 * Every Go type of libmachine's RPC, and what it is here. Names of structs and of interface contents are those
 * that Go programs have registered; they are part of the protocol (reference of the plugin protocol, sections
 * 6.1 and 6.3). No other file of this folder knows gob.
 */

const usage = { Name: gob.string, Usage: gob.string, EnvVar: gob.string };
const flagTypes = new InterfaceRegistry()
  .register('*mcnflag.StringFlag', gob.struct('mcnflag.StringFlag', { ...usage, Value: gob.string }))
  .register('*mcnflag.IntFlag', gob.struct('mcnflag.IntFlag', { ...usage, Value: gob.int }))
  .register('*mcnflag.BoolFlag', gob.struct('mcnflag.BoolFlag', usage))
  .register(
    '*mcnflag.StringSliceFlag',
    gob.struct('mcnflag.StringSliceFlag', { ...usage, Value: gob.slice(gob.string) }),
  );

const FLAG_VALUES_NAME = '*rpcdriver.RPCFlags';
const flagValueTypes = new InterfaceRegistry();
flagValueTypes.register(
  FLAG_VALUES_NAME,
  gob.struct('rpcdriver.RPCFlags', { Values: gob.map(gob.string, gob.interface(flagValueTypes)) }),
);

/** The types of arguments and replies. `nothing` is Go's `struct {}`. */
export const wire = {
  nothing: gob.struct('', {}),
  int: gob.int,
  string: gob.string,
  bytes: gob.bytes,
  createFlags: gob.slice(gob.interface(flagTypes)),
  flagValues: gob.interface(flagValueTypes),
  labels: gob.map(gob.string, gob.string),
} as const satisfies Record<string, GobType>;

/** An option as the create flag that a client asks for. */
export function createFlag(option: Option): unknown {
  const { name: Name, help: Usage, env: EnvVar } = option;
  switch (option.kind) {
    case 'string':
      return { name: '*mcnflag.StringFlag', value: { Name, Usage, EnvVar, Value: option.fallback } };
    case 'int':
      return { name: '*mcnflag.IntFlag', value: { Name, Usage, EnvVar, Value: option.fallback } };
    case 'bool':
      return { name: '*mcnflag.BoolFlag', value: { Name, Usage, EnvVar } };
    case 'slice':
      // A client that knows the variable ignores it, or adds its values to those of the command line. So it is
      // only told to the person, and read by us.
      return {
        name: '*mcnflag.StringSliceFlag',
        value: {
          Name,
          Usage: `${Usage} [$${EnvVar}, separated by commas]`,
          EnvVar: '',
          Value: option.fallback,
        },
      };
  }
}

/**
 * The argument of SetConfigFromFlags as plain values: string, number, bigint, boolean or a list of strings.
 * What is not understood is left out, as if it had not been given. nil and an empty map are possible.
 */
export function flagValuesOf(argument: unknown): FlagValues {
  const values = new Map<string, unknown>();
  const flags = contentOf(argument);
  if (typeof flags !== 'object' || flags === null || !('Values' in flags)) return values;
  if (!(flags.Values instanceof Map)) return values;
  for (const [key, value] of flags.Values as ReadonlyMap<unknown, unknown>) {
    const content = contentOf(value);
    if (typeof key === 'string' && content !== undefined) values.set(key, content);
  }
  return values;
}

/** What is in a Go interface value; undefined for nil. */
function contentOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'value' in value ? value.value : undefined;
}

/** The argument of SetConfigRaw. */
export function bytesOf(argument: unknown): Uint8Array {
  return argument instanceof Uint8Array ? argument : new Uint8Array();
}
