import { gob, type GobType, type Infer } from '../gob/index.js';
import type { FlagValues, Option } from '../settings/index.js';

/*
 * Every Go type of libmachine's RPC, and what it is here. Names of structs and of interface contents are those
 * that Go programs have registered; they are part of the protocol (reference of the plugin protocol, sections
 * 6.1 and 6.3). The table of the methods names these types; no other file of this folder knows gob.
 */

const usage = { Name: gob.string, Usage: gob.string, EnvVar: gob.string };
const flag = gob.interface({
  '*mcnflag.StringFlag': gob.struct('mcnflag.StringFlag', { ...usage, Value: gob.string }),
  '*mcnflag.IntFlag': gob.struct('mcnflag.IntFlag', { ...usage, Value: gob.int }),
  '*mcnflag.BoolFlag': gob.struct('mcnflag.BoolFlag', usage),
  '*mcnflag.StringSliceFlag': gob.struct('mcnflag.StringSliceFlag', {
    ...usage,
    Value: gob.slice(gob.string),
  }),
});

const rpcFlags = gob.struct('rpcdriver.RPCFlags', { Values: gob.map(gob.string, gob.interface({})) });

/** The types of arguments and replies. */
export const wire = {
  int: gob.int,
  string: gob.string,
  bytes: gob.bytes,
  createFlags: gob.slice(flag),
  flagValues: gob.interface({ '*rpcdriver.RPCFlags': rpcFlags }),
  labels: gob.map(gob.string, gob.string),
} as const satisfies Record<string, GobType>;

/** An option as the create flag that a client asks for. */
export function createFlag(option: Option): Infer<typeof flag> {
  const { name: Name, help: Usage, env } = option;
  const EnvVar = option.isVariablePassing === true ? '' : env;
  switch (option.kind) {
    case 'string':
      return { name: '*mcnflag.StringFlag', value: { Name, Usage, EnvVar, Value: option.fallback } };
    case 'int':
      return { name: '*mcnflag.IntFlag', value: { Name, Usage, EnvVar, Value: option.fallback } };
    case 'bool':
      return { name: '*mcnflag.BoolFlag', value: { Name, Usage, EnvVar } };
    case 'slice':
      // A client that knows the variable ignores it, or adds its values to those of the command line. So it is
      // only told to the user, and read by us.
      return {
        name: '*mcnflag.StringSliceFlag',
        value: {
          Name,
          Usage: `${Usage} [$${env}, separated by commas]`,
          EnvVar: '',
          Value: option.fallback,
        },
      };
  }
}

/** The argument of SetConfigFromFlags as plain values. nil, anything but RPCFlags, and nil values say nothing. */
export function flagValuesOf(flags: Infer<typeof wire.flagValues>): FlagValues {
  const given = flags?.name === '*rpcdriver.RPCFlags' ? [...flags.value.Values] : [];
  return new Map(given.flatMap(([name, content]) => (content === null ? [] : [[name, content.value]])));
}
