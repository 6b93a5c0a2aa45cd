import { gob, type GobType } from '../../src/gob/index.js';
import { emptyStruct } from '../../src/netrpc/index.js';

/** The types of libmachine's methods, as far as recorded sessions use them. */

const flag = { Name: gob.string, Usage: gob.string, EnvVar: gob.string };
const flags = gob.interface({
  '*mcnflag.StringFlag': gob.struct('mcnflag.StringFlag', { ...flag, Value: gob.string }),
  '*mcnflag.IntFlag': gob.struct('mcnflag.IntFlag', { ...flag, Value: gob.int }),
  '*mcnflag.BoolFlag': gob.struct('mcnflag.BoolFlag', flag),
  '*mcnflag.StringSliceFlag': gob.struct('mcnflag.StringSliceFlag', {
    ...flag,
    Value: gob.slice(gob.string),
  }),
});

const values = gob.map(gob.string, gob.interface({}));
const options = { '*rpcdriver.RPCFlags': gob.struct('rpcdriver.RPCFlags', { Values: values }) };

const replies: Readonly<Record<string, GobType>> = {
  GetVersion: gob.int,
  GetSSHPort: gob.int,
  GetState: gob.int,
  GetConfigRaw: gob.bytes,
  GetCreateFlags: gob.slice(flags),
  DriverName: gob.string,
  GetMachineName: gob.string,
  GetSSHKeyPath: gob.string,
  GetSSHUsername: gob.string,
  GetSSHHostname: gob.string,
  GetIP: gob.string,
  GetURL: gob.string,
};

const methods = [
  ...Object.keys(replies),
  ...['Heartbeat', 'Close', 'SetConfigRaw', 'SetConfigFromFlags', 'PreCreateCheck', 'Create', 'Remove'],
  ...['Start', 'Stop', 'Restart', 'Kill'],
];

export const recordedMethods: readonly { name: string; argument: GobType; reply: GobType }[] = methods.map(
  (name) => ({
    name,
    argument: argumentOf(name),
    reply: replies[name] ?? emptyStruct,
  }),
);

export const recordedServices = ['RPCServerDriver', 'RpcServerDriver'];

/** The reply's type of `Service.Method`. */
export function replyTypeOf(serviceMethod: string): GobType {
  return replies[serviceMethod.slice(serviceMethod.lastIndexOf('.') + 1)] ?? emptyStruct;
}

function argumentOf(name: string): GobType {
  if (name === 'SetConfigRaw') return gob.bytes;
  if (name === 'SetConfigFromFlags') return gob.interface(options, 'drivers.DriverOptions');
  return emptyStruct;
}
