import type { MachineClient } from './machine-client.js';

/** A machine's state as the client prints it. */
export interface MachineState {
  /** Running, Stopped, …; empty when the driver gave an error. */
  readonly state: string;
  readonly url: string;
  readonly engine: string;
  readonly error: string;
}

/** No tabulator: the client would align columns. The error comes last, since it may contain anything. */
const FORMAT = '{{.Name}}|{{.State}}|{{.URL}}|{{.DockerVersion}}|{{.Error}}';
/** How long the client waits for all drivers, seconds. */
const LIMIT = 30;

/** What the client says of these machines. */
export async function listMachines(
  client: MachineClient,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, MachineState>> {
  if (names.length === 0) return new Map();
  const pattern = names.map((name) => name.replaceAll('.', String.raw`\.`)).join('|');
  const args = ['ls', '-t', String(LIMIT), '--filter', `name=^(${pattern})$`, '--format', FORMAT];
  const output = await client.require(args, 'list the machines', { signal });
  return parseList(output, new Set(names));
}

/** A line that does not begin with a name continues the error of the one before. */
export function parseList(output: string, names: ReadonlySet<string>): ReadonlyMap<string, MachineState> {
  const found = new Map<string, MachineState>();
  let last: string | undefined;
  for (const line of output.split('\n')) {
    const [name = '', state = '', url = '', engine = '', ...error] = line.trimEnd().split('|');
    if (names.has(name) && error.length > 0) {
      found.set(name, { state, url, engine: engine === 'Unknown' ? '' : engine, error: error.join('|') });
      last = name;
    } else if (last !== undefined && line.trim() !== '') {
      const before = found.get(last);
      if (before !== undefined)
        found.set(last, { ...before, error: `${before.error} ${line.trim()}`.trim() });
    }
  }
  return found;
}
