import { randomUUID } from 'node:crypto';
import type { CallContext, Volumes } from '../../../../src/provider/index.js';
import { PRESET, type FaultRuleInput, type Simulator } from '../../../../src/simulator/index.js';
import { context, rejection } from '../../fixtures.js';
import { simulated } from '../../simulated.js';
import { presetSpec, v4Providers } from '../simulated-v4.js';
import { GIB, newVolume, placement, volumesPorts } from './simulated-volumes.js';

const { start, stop } = simulated();
const { to: providerTo, stop: stopProviders } = v4Providers();
const { to, stop: stopVolumes } = volumesPorts();

let simulator: Simulator;
let volumes: Volumes;
let vm = '';
let other = '';
beforeAll(async () => {
  simulator = await start({ pcVersion: 'pc.7.6', profile: 'fast' });
  volumes = to(simulator);
  const provider = providerTo(simulator);
  const vmNamed = async (name: string): Promise<string> =>
    await provider.create(await provider.issueCreationToken(name, context()), presetSpec(name), context());
  vm = await vmNamed('web-1');
  other = await vmNamed('web-2');
  // What versions there are is asked for once, and no fault is to strike that.
  await volumes.list(undefined, context());
});
afterEach(() => simulator.clearFaults());
afterAll(async () => {
  await stopVolumes();
  await stopProviders();
  await stop();
});

const GROUPS = '/volumes/config/volume-groups';

function fault(match: FaultRuleInput['match'], effects: FaultRuleInput['do'], times?: number): void {
  simulator.addFault({ name: 'x', match: { api: 'v4', ...match }, do: effects, times });
}

async function made(name = `v-${randomUUID()}`): Promise<string> {
  return await volumes.create(randomUUID(), newVolume(name), context());
}

/** The same call again, as an engine or a user makes it. */
async function untilDone<T>(call: () => Promise<T>): Promise<T> {
  return await call().catch(async () => await call().catch(call));
}

/** Every seventh request from this one on, so that seven runs reach each of them. */
function everySeventh(first: number): number[] {
  return Array.from({ length: 12 }, (_, index) => first + 7 * index);
}

describe.each(['none', 'done'] as const)(
  'an answer that is lost, the request is carried out: %s',
  (effect) => {
    test('whatever request it is, there is one volume, one attachment, and then nothing', async () => {
      for (let first = 1; first <= 7; first += 1) {
        const name = `lost-${effect}-${first}`;
        const requestId = randomUUID();
        fault({ nth: everySeventh(first) }, { resetAfter: -1, effect });
        const id = await untilDone(async () => await volumes.create(requestId, newVolume(name), context()));
        const held = await untilDone(async () => await volumes.attachToVm(id, vm, context()));
        const [found, second] = await untilDone(async () => await volumes.findByName(name, context()));
        expect(found).toMatchObject({ id, attachments: [{ vmId: vm }], disks: [{ sizeBytes: GIB }] });
        expect(second).toBeUndefined();
        const [disk] = found?.disks ?? [];
        await untilDone(async () => {
          await volumes.grow(id, disk?.id ?? '', 2 * GIB, context());
        });
        await untilDone(async () => {
          await volumes.detach(id, held, context());
        });
        const access = { initiatorName: `iqn.2010-01.test:${name}`, chapSecret: 'secret of a test' };
        const client = await untilDone(async () => await volumes.attachToInitiator(id, access, context()));
        await untilDone(async () => {
          await volumes.detach(id, client, context());
        });
        await untilDone(async () => {
          await volumes.rename(id, { name: `${name}.removed`, description: '' }, context());
        });
        const renamed = await untilDone(async () => await volumes.findByName(`${name}.removed`, context()));
        expect(renamed).toMatchObject([{ id, attachments: [], disks: [{ sizeBytes: 2 * GIB }] }]);
        await untilDone(async () => {
          await volumes.delete(id, context());
        });
        expect(await untilDone(async () => await volumes.list(name, context()))).toEqual([]);
        simulator.clearFaults();
      }
    });

    test('of a snapshot and of a volume from it: one of each', async () => {
      const id = await made();
      for (let first = 1; first <= 7; first += 1) {
        const [taking, restoring, name] = [randomUUID(), randomUUID(), `restored-${effect}-${first}`];
        fault({ nth: everySeventh(first) }, { resetAfter: -1, effect });
        const snapshot = await untilDone(
          async () => await volumes.createSnapshot(taking, id, name, context()),
        );
        const wanted = { name, description: 'restored', placement };
        const copy = await untilDone(
          async () => await volumes.createFromSnapshot(restoring, snapshot, wanted, context()),
        );
        await untilDone(async () => {
          await volumes.deleteSnapshot(snapshot, context());
        });
        simulator.clearFaults();
        expect(await volumes.findByName(name, context())).toMatchObject([
          { id: copy, description: 'restored' },
        ]);
        expect(await volumes.listSnapshots(id, context())).toEqual([]);
      }
    });
  },
);

describe('a create', () => {
  test('is repeated under its request id: also when the volume was renamed or deleted since', async () => {
    const requestId = randomUUID();
    const create = async (): Promise<string> =>
      await volumes.create(requestId, newVolume('repeated'), context());
    const id = await create();
    expect(await create()).toBe(id);
    await volumes.rename(id, { name: 'repeated.removed', description: '' }, context());
    expect(await create()).toBe(id);
    await volumes.delete(id, context());
    expect(await create()).toBe(id);
    expect(await volumes.findByName('repeated', context())).toEqual([]);
  });

  test('that failed fails in the same way, with the same task', async () => {
    fault({ method: 'POST', path: GROUPS }, { task: { outcome: 'failed', errorDetail: 'no room' } });
    const requestId = randomUUID();
    const create = async (): Promise<string> =>
      await volumes.create(requestId, newVolume('failed'), context());
    const first = await rejection(create());
    expect(first).toMatchObject({
      code: 'task-failed',
      attempted: 'create volume group "failed"',
      problem: expect.stringMatching('no room') as string,
      taskId: expect.stringMatching(/^ZXJnb24=:/) as string,
    });
    simulator.clearFaults();
    expect(await rejection(create())).toMatchObject({
      code: 'task-failed',
      taskId: (first as { taskId: string }).taskId,
    });
    expect(await volumes.findByName('failed', context())).toEqual([]);
  });

  test('whose task is forgotten is found by what the group says of its making', async () => {
    fault(
      { method: 'GET', path: '/prism/config/tasks/*' },
      { status: 404, body: { data: { error: [{ code: 'X-1', message: 'no such task' }] } } },
    );
    const id = await volumes.create(randomUUID(), newVolume('forgotten'), context());
    simulator.clearFaults();
    expect(await volumes.findByName('forgotten', context())).toMatchObject([{ id }]);
  });

  test('whose references are wrong tells what the task says', async () => {
    const wrong = { ...placement, cluster: { id: vm, name: 'gone' } };
    const error = await rejection(
      volumes.create(randomUUID(), newVolume('wrong', { placement: wrong }), context()),
    );
    expect(error).toMatchObject({ code: 'task-failed', problem: expect.stringMatching(vm) as string });
  });
});

describe('attached elsewhere', () => {
  test.each<[string, FaultRuleInput['do']]>([
    ['refused at once', { status: 409 }],
    ['refused as bad', { status: 400 }],
    ['refused by the task', { task: { outcome: 'failed', errorDetail: 'in use' } }],
  ])('%s, because another host was faster: conflict that names it', async (_name, effects) => {
    const id = await made();
    fault({ method: 'POST', path: `${GROUPS}/*/$actions/attach-vm` }, effects);
    const racing = rejection(volumes.attachToVm(id, vm, context()));
    const error = await racing;
    // Nobody has it, so it is the server's refusal that is told.
    expect(error).toMatchObject({ attempted: `attach volume group ${id} to VM ${vm}` });
    simulator.clearFaults();
    await volumes.attachToVm(id, other, context());
    fault({ method: 'POST', path: `${GROUPS}/*/$actions/attach-vm` }, effects);
    expect(await rejection(volumes.attachToVm(id, vm, context()))).toMatchObject({
      code: 'conflict',
      problem: `it is attached to VM ${other}`,
    });
  });

  test('of two hosts that want it at the same time one gets it, and the other is told which', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await made();
      const ends = await Promise.allSettled([vm, other].map((one) => volumes.attachToVm(id, one, context())));
      const [holder] = (await volumes.find(id, context()))?.attachments ?? [];
      const winner = holder?.kind === 'vm' ? holder.vmId : '';
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = ends.find((end) => end.status === 'rejected');
      expect(refused?.reason).toMatchObject({
        code: 'conflict',
        problem: `it is attached to VM ${winner}`,
      });
      await volumes.detach(id, { kind: 'vm', vmId: winner }, context());
      await volumes.delete(id, context());
    }
  });
});

test('a VM that is not there is not-found', async () => {
  const id = await made();
  const nowhere = randomUUID();
  expect(await rejection(volumes.attachToVm(id, nowhere, context()))).toMatchObject({
    code: 'not-found',
    concerns: { kind: 'VM', name: nowhere },
  });
  expect(await volumes.findVm(nowhere, context())).toBeUndefined();
  expect(await rejection(volumes.attachToVm(nowhere, vm, context()))).toMatchObject({ code: 'not-found' });
  expect(await rejection(volumes.rename(nowhere, { name: 'a', description: '' }, context()))).toMatchObject({
    code: 'not-found',
  });
});

test.each<[string, (id: string, caller: CallContext) => Promise<void>]>([
  ['PUT', async (id, caller) => await volumes.rename(id, { name: 'again', description: 'x' }, caller)],
  // What has been attached in between is not deleted.
  ['DELETE', async (id, caller) => await volumes.delete(id, caller)],
])('a change in between leads back to reading: %s', async (method, call) => {
  const id = await made();
  fault({ method }, { changedMeanwhile: true }, 2);
  const caller = context();
  await call(id, caller);
  expect(caller.lines).toContainEqual(expect.stringMatching(/reading the volume group again/));
});

test('a proxy that takes the ETag away: told, and what to do', async () => {
  const id = await made();
  fault({}, { strip: { answer: ['etag'] } });
  expect(await rejection(volumes.rename(id, { name: 'a', description: '' }, context()))).toMatchObject({
    code: 'unsupported',
    advice: expect.stringMatching('let If-Match pass') as string,
  });
});

test('the namespace answers 503: one error that says so', async () => {
  const id = await made();
  fault({ path: '/volumes/**' }, { absent: 503 });
  for (const call of [
    async () => await volumes.list(undefined, context()),
    async () => await volumes.attachToVm(id, vm, context()),
  ]) {
    expect(await rejection(call())).toMatchObject({
      code: 'unavailable',
      problem: expect.stringMatching(/HTTP 503/) as string,
    });
  }
});

describe('a role without one permission: the operation is named', () => {
  const nothing = '11111111-2222-4333-8444-555555555555';
  test.each<[string, string, string, (id: string) => Promise<unknown>]>([
    ['POST', GROUPS, 'Create_Volume_Group', async () => await made()],
    ['GET', GROUPS, 'View_Volume_Group', async () => await volumes.list('', context())],
    ['GET', `${GROUPS}/*`, 'View_Volume_Group_Details', async (id) => await volumes.find(id, context())],
    [
      'PUT',
      `${GROUPS}/*`,
      'Update_Volume_Group_Details',
      async (id) => await volumes.rename(id, { name: 'b', description: '' }, context()),
    ],
    ['DELETE', `${GROUPS}/*`, 'Delete_Volume_Group', async (id) => await volumes.delete(id, context())],
    ['GET', `${GROUPS}/*/disks`, 'View_Volume_Group_Disks', async (id) => await volumes.find(id, context())],
    [
      'POST',
      `${GROUPS}/*/$actions/attach-vm`,
      'Attach_Volume_Group_To_AHV_VM',
      async (id) => await volumes.attachToVm(id, vm, context()),
    ],
    [
      'GET',
      '/volumes/config/iscsi-clients',
      'View_External_iSCSI_Client',
      async (id) => await volumes.attachToInitiator(id, { initiatorName: 'iqn.2010-01.test:x' }, context()),
    ],
    [
      'POST',
      `${GROUPS}/*/$actions/attach-iscsi-client`,
      'Attach_Volume_Group_To_External_iSCSI_Client',
      async (id) => await volumes.attachToInitiator(id, { initiatorName: 'iqn.2010-01.test:x' }, context()),
    ],
    [
      'POST',
      '/prism/config/categories',
      'Create_Category',
      async (id) => await volumes.changeCategories(id, { add: [`k:${id}`] }, context()),
    ],
    [
      'POST',
      `${GROUPS}/*/$actions/associate-category`,
      'Associate_Volume_Group_Categories',
      async (id) => await volumes.changeCategories(id, { add: ['k:v'] }, context()),
    ],
    [
      'POST',
      '/dataprotection/config/recovery-points',
      'Create_Recovery_Point',
      async (id) => await volumes.createSnapshot(randomUUID(), id, 's', context()),
    ],
    [
      'GET',
      '/dataprotection/config/recovery-points/*',
      'View_Recovery_Point',
      async () => await volumes.findSnapshot(nothing, context()),
    ],
    [
      'GET',
      '/clustermgmt/config/storage-containers',
      'View_Storage_Container',
      async () => await volumes.resolvePlacement({ cluster: PRESET.cluster.name }, context()),
    ],
  ])('%s %s needs %s', async (method, path, operation, call) => {
    const id = await made();
    fault({ method, path }, { status: 403 });
    expect(await rejection(call(id))).toMatchObject({
      code: 'permission-denied',
      advice: expect.stringMatching(`lacks the operation "${operation}"`) as string,
    });
  });

  test('what is only for texts is left out', async () => {
    const id = await made();
    const access = { initiatorName: 'iqn.2010-01.test:unseen' };
    const { clientId } = await volumes.attachToInitiator(id, access, context());
    fault({ method: 'GET', path: '/volumes/config/iscsi-clients/**' }, { status: 403 });
    simulator.addFault({ name: 'y', match: { path: '/prism/config/categories' }, do: { status: 403 } });
    const attachments = [{ kind: 'initiator', clientId, initiatorName: undefined }];
    expect(await volumes.find(id, context())).toMatchObject({ attachments });
  });
});
