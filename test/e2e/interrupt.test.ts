import { join } from 'node:path';
import { z } from 'zod';
import { DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';
import { API, CREATE_VM, onApi } from './spoken-api.js';

/** One create that is broken off, in a machine store of its own. */
type Scene = (machine: Machine, name: string) => Promise<void>;

let simulator: Simulator;
/** Of the scene in which switching a VM on does not end. */
let endless: Simulator;

const tasks = z.object({ entities: z.array(z.object({ uuid: z.string() })) });

/** On v3 a create is over when the VM is on, on v4 the power-on is a task of its own. */
const ENDLESS = onApi({
  v3: { match: CREATE_VM, do: { task: { outcome: 'endless', effect: 'done' } } },
  v4: {
    match: { method: 'POST', path: '/vmm/ahv/config/vms/*/$actions/power-on' },
    do: { task: { outcome: 'endless' } },
  },
});
const POWERING_ON = onApi({ v3: /\(create VM .*: RUNNING 99 %/, v4: /power it on\): RUNNING/ });

/** When the user presses Ctrl-C: by what the create has said by then. */
const MOMENTS = [
  ['while the VM is made', async (_run, name) => await isMade(name)],
  ['when the VM runs', async (run) => await run.seen(/waiting for SSH login/)],
] as const satisfies readonly (readonly [
  string,
  (run: ReturnType<Machine['start']>, name: string) => Promise<void>,
])[];

const SCENES: readonly (readonly [string, Scene])[] = [
  ...MOMENTS.map(([when, moment]): readonly [string, Scene] => [
    `Ctrl-C ${when}: the plugin removes the VM by itself`,
    async (machine, name) => {
      const create = machine.start('create', '-d', 'nutanix', name);
      await moment(create, name);
      create.interrupt();
      await create.outcome;
      // As long as the VM is there, ls shows the state that Prism Central tells.
      await isGone(name);
      // Starting, until Prism Central has ended the task of the deletion too.
      const said = new RegExp(`create failed or was interrupted.*rm ${name}`);
      await until(async () => said.test(await machine.run('ls', '--format', '{{.Error}}')));
      await machine.run('rm', '-y', name);
      expect(await machine.run('ls', '-q')).toBe('');
    },
  ]),
  [
    'Ctrl-C while the VM is powered on: the plugin removes the VM by itself',
    async (machine, name) => {
      const create = machine.withEnvironment(endless.env).start('create', '-d', 'nutanix', name);
      await create.seen(POWERING_ON);
      create.interrupt();
      // A create is waited for before its VM is removed; this one ends only now.
      if (API === 'v3') await abortTasks();
      await create.outcome;
      await until(async () => (await endless.vmNames()).length === 0);
      await machine.withEnvironment(endless.env).run('rm', '-y', name);
      expect(await machine.run('ls', '-q')).toBe('');
    },
  ],
  [
    'the client is killed: the plugin notices and removes the VM',
    async (machine, name) => {
      const create = machine.start('create', '-d', 'nutanix', name);
      await isMade(name);
      create.child.kill('SIGKILL');
      await isGone(name);
      await create.outcome;
      await machine.run('rm', '-y', name);
    },
  ],
  [
    'client and plugin are killed: rm finds the VM',
    async (machine, name) => {
      const create = machine.start('create', '-d', 'nutanix', name);
      await isMade(name);
      create.killGroup();
      await create.outcome;
      await machine.run('rm', '-y', name);
      expect(await vmsOf(name)).toEqual([]);
      expect(await machine.run('ls', '-q')).toBe('');
    },
  ],
  [
    'create-five-hosts.sh: Ctrl-C ends it when the plugins have cleaned up, not before',
    async (machine, name) => {
      const script = join(ROOT, 'scripts', 'create-five-hosts.sh');
      const run = machine.startProgram(script, '--prefix', name, '--count', '2');
      await isMade(name);
      run.interrupt();
      expect((await run.outcome).code).toBe(130);
      expect(await vmsOf(name)).toEqual([]);
    },
  ],
];

/**
 * A create that is broken off: the plugin removes what it made, or `rm` does. All are begun at once, since they mostly wait
 * for a Prism Central that is as slow as a real one; each test tells how its own ended.
 */
describe('a create that is interrupted', () => {
  const machines: Machine[] = [];
  let ends: readonly PromiseSettledResult<void>[];

  beforeAll(async () => {
    simulator = await startSimulator({ profile: 'real' });
    endless = await startSimulator();
    await endless.addFault({ name: 'the power-on never ends', ...ENDLESS });
    ends = await Promise.allSettled(
      SCENES.map(async ([, scene], index) => {
        const machine = new Machine(DOCKER_MACHINE, simulator.env);
        machines.push(machine);
        await scene(machine, `host${index}`);
      }),
    );
  });
  afterAll(async () => {
    for (const machine of machines) machine.dispose();
    await simulator.stop();
    await endless.stop();
  });

  test.each(SCENES.map(([what], index) => [what, index] as const))('%s', async (_what, index) => {
    const end = ends[index];
    if (end?.status === 'rejected') throw end.reason;
    expect(await vmsOf(`host${index}`)).toEqual([]);
  });
});

/** The names of the VMs whose name begins so. */
async function vmsOf(name: string): Promise<string[]> {
  return (await simulator.vmNames()).filter((one) => one.startsWith(name));
}

/** Of the tasks in the list, some may be over when they are to be aborted: those of the removal. */
async function abortTasks(): Promise<void> {
  const running = { kind: 'task', filter: 'status==RUNNING' };
  const { entities } = tasks.parse(await endless.call('POST', '/api/nutanix/v3/tasks/list', running));
  for (const { uuid } of entities) {
    await endless.call('POST', `/api/nutanix/v3/tasks/${uuid}/abort`).catch((error: unknown) => {
      if (!String(error).includes('The task is over.')) throw error;
    });
  }
}

async function isMade(name: string): Promise<void> {
  await until(async () => (await vmsOf(name)).length > 0);
}

async function isGone(name: string): Promise<void> {
  await until(async () => (await vmsOf(name)).length === 0);
}

async function until(condition: () => Promise<boolean>, limit = 250_000): Promise<void> {
  for (const end = Date.now() + limit; !(await condition());) {
    if (Date.now() > end) throw new Error(`not so after ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
