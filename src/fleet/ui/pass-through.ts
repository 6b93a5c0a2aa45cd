import { spawn } from 'node:child_process';
import { loadFleet } from '../declaration/load.js';
import { BadFile } from '../declaration/problem.js';
import { MachineClient } from '../client/machine-client.js';
import { requireClient } from '../preflight/client-problem.js';
import { clientCommand } from './open-fleet.js';
import { EXIT, type FleetRuntime } from './fleet-runtime.js';

/** `ssh HOST` and `env HOST`: the client's own command, for a host of the file, on this terminal. */
export async function passThrough(
  { environment, stop }: FleetRuntime,
  command: 'ssh' | 'env',
  { file, host, rest }: { readonly file: string; readonly host: string; readonly rest: readonly string[] },
): Promise<number> {
  const fleet = await loadFleet(file, environment);
  if (!fleet.hosts.some(({ name }) => name === host)) {
    const names = fleet.hosts.map(({ name }) => name).join(', ');
    throw new BadFile(file, [{ line: 1, column: 1, text: `declares no host ${host}, only ${names}` }]);
  }
  const client = new MachineClient({ command: clientCommand(environment), environment });
  await requireClient(client, file, stop);
  const options = { stdio: 'inherit', env: { ...environment, ...fleet.secrets } } as const;
  const child = spawn(clientCommand(environment), [command, host, ...rest], options);
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? EXIT.failed));
  });
}
