import { runFleet, type FleetRuntime } from '../../../src/fleet/index.js';
import type { Catalogue, Connection, OwnedVm, Provider, Resizing } from '../../../src/provider/index.js';
import { systemClock } from '../../../src/support/index.js';
import { ENVIRONMENT } from '../declaration/declaration.js';
import { FakeCloud } from './fake-cloud.js';

export interface Choice {
  readonly environment?: Readonly<Record<string, string>>;
  /** What the user answers; undefined = there is no terminal. */
  readonly answer?: string;
  readonly store: string;
  /** The name of the command. */
  readonly command?: 'orphans' | 'leftovers';
  readonly before?: FakeCloud['before'];
  readonly stop?: AbortSignal;
}

/** One run of the program against these VMs. */
export async function runOrphans(vms: readonly OwnedVm[], args: readonly string[], choice: Choice) {
  const { environment = ENVIRONMENT, answer, store } = choice;
  const cloud = new FakeCloud(vms);
  if (choice.before !== undefined) cloud.before = choice.before;
  const connections: Connection[] = [];
  const questions: string[] = [];
  const text = { out: '', err: '' };
  const never = new AbortController().signal;
  const runtime: FleetRuntime = {
    args: [choice.command ?? 'orphans', ...args],
    version: '0',
    environment: { ...environment, MACHINE_STORAGE_PATH: store },
    clock: systemClock,
    out: { isTerminal: false, columns: () => 80, rows: () => 24, write: (more) => void (text.out += more) },
    complain: (line) => void (text.err += `${line}\n`),
    ask:
      answer === undefined
        ? undefined
        : (question) => {
            questions.push(question);
            return Promise.resolve(answer);
          },
    connect: (connection) => {
      connections.push(connection);
      return Promise.resolve(providerOf(cloud));
    },
    stop: choice.stop ?? never,
    kill: never,
  };
  const code = await runFleet(runtime);
  return { code, cloud, connections, questions, ...text };
}

/** Whatever else a provider can do is no business of this command. */
function providerOf(cloud: FakeCloud): Provider & Resizing & Catalogue & FakeCloud {
  const refused = (): Promise<never> => Promise.reject(new Error('not to be called'));
  const others = {
    resolve: refused,
    issueCreationToken: refused,
    create: refused,
    find: refused,
    powerOn: refused,
    requestShutdown: refused,
    requestReboot: refused,
    powerOff: refused,
    reset: refused,
    resize: refused,
    listOffers: refused,
  };
  return Object.assign(cloud, others);
}
