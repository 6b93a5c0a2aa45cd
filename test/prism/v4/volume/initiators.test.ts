import { randomUUID } from 'node:crypto';
import { createPrismVolumes } from '../../../../src/prism/index.js';
import type { Volumes } from '../../../../src/provider/index.js';
import type { Simulator } from '../../../../src/simulator/index.js';
import { context, FastClock, KeptLog, rejection } from '../../fixtures.js';
import { simulated } from '../../simulated.js';
import { data, TablePrism, type Asked } from '../table-prism.js';
import { newVolume, volumesPorts } from './simulated-volumes.js';

const { start, stop } = simulated();
const { to, stop: stopVolumes } = volumesPorts();
const initiatorName = 'iqn.1993-08.org.debian:01:0123456789ab';
const chapSecret = 'a secret of 16 b';

describe.each(['pc.2024.3', 'pc.7.6'])('%s', (pcVersion) => {
  let simulator: Simulator;
  let volumes: Volumes;
  const log = new KeptLog();

  beforeAll(async () => {
    simulator = await start({ pcVersion, profile: 'fast' });
    volumes = to(simulator, { logger: log });
  });
  afterAll(async () => {
    await stopVolumes();
    await stop();
    log.lines.length = 0;
  });

  const made = async (): Promise<string> =>
    await volumes.create(randomUUID(), newVolume(`v-${randomUUID()}`), context());
  const clients = (): readonly { uuid: string; secret?: string }[] =>
    simulator.save().iscsiClients as readonly { uuid: string; secret?: string }[];

  test('a client outlives its attachments, is used again, and has the last secret', async () => {
    const [first, second] = [await made(), await made()];
    const attachment = await volumes.attachToInitiator(first, { initiatorName, chapSecret }, context());
    expect(attachment).toMatchObject({ kind: 'initiator', initiatorName });
    expect(await volumes.attachToInitiator(first, { initiatorName, chapSecret }, context())).toEqual(
      attachment,
    );
    expect(await volumes.find(first, context())).toMatchObject({ attachments: [attachment] });
    const listed = await volumes.list(undefined, context());
    expect(listed.find(({ id }) => id === first)).toMatchObject({ attachments: [attachment] });
    await volumes.detach(first, attachment, context());
    await volumes.detach(first, attachment, context());
    const renewed = { initiatorName: initiatorName.toUpperCase(), chapSecret: 'another secret' };
    const other = await volumes.attachToInitiator(second, renewed, context());
    expect(other).toMatchObject({ clientId: attachment.clientId });
    expect(clients()).toMatchObject([{ uuid: attachment.clientId, secret: 'another secret' }]);
    await volumes.attachToInitiator(second, { initiatorName }, context());
    expect(clients()).toMatchObject([{ authentication: 'NONE' }]);
    expect(JSON.stringify(log.lines)).not.toMatch(/secret/);
    for (const id of [first, second]) {
      await volumes.detach(id, other, context());
      await volumes.delete(id, context());
    }
  });

  test('another client has it: conflict, and no secret is changed', async () => {
    const [id, other] = [await made(), await made()];
    const holder = { initiatorName: 'iqn.2010-01.test:holder', chapSecret };
    const attachment = await volumes.attachToInitiator(id, holder, context());
    await volumes.attachToInitiator(other, { initiatorName, chapSecret }, context());
    const before = clients();
    const error = await rejection(
      volumes.attachToInitiator(
        id,
        { initiatorName, chapSecret: 'some other secret'.slice(0, 16) },
        context(),
      ),
    );
    expect(error).toMatchObject({
      code: 'conflict',
      problem: `it is attached to iSCSI client ${attachment.clientId}`,
    });
    expect(clients()).toEqual(before);
  });

  test.each(['', 'too short', 'one that is far too long'])('the secret "%s" is refused', async (secret) => {
    const id = await made();
    const error = await rejection(
      volumes.attachToInitiator(id, { initiatorName, chapSecret: secret }, context()),
    );
    expect(error).toMatchObject({
      code: 'invalid-input',
      problem: `the CHAP secret has ${secret.length} bytes, and 12 to 16 are accepted`,
    });
  });
});

test('a client is found behind two hundred others, and used by its id', async () => {
  const clients = Array.from({ length: 205 }, (_, index) => ({
    ...{ extId: `c${index}`, iscsiInitiatorName: `iqn.2010-01.test:h${index}`, clusterReference: 'one' },
  }));
  let holders: string[] = [];
  const volume = 'volumes/v4.3/config';
  const task = { extId: 'ZXJnb24=:00000000-0000-5000-8000-000000000001' };
  const prism = await TablePrism.start({
    [`GET /api/${volume}/volume-groups/g`]: () =>
      data({
        extId: 'g',
        clusterReference: 'one',
        sharingStatus: 'NOT_SHARED',
        attachmentType: holders.length === 0 ? 'NONE' : 'EXTERNAL',
        attachments: holders.map((extId) => ({
          attachment: { $objectType: 'volumes.v4.config.IscsiClientAttachment', extId },
        })),
      }),
    [`GET /api/${volume}/iscsi-clients`]: ({ query }: Asked) => {
      const first = Number(query.get('$page')) * 100;
      return data(clients.slice(first, first + 100));
    },
    [`GET /api/${volume}/iscsi-clients/c204`]: data(clients[204]),
    [`POST /api/${volume}/volume-groups/g/$actions/attach-iscsi-client`]: ({ body }: Asked) => {
      holders = [(body as { extId: string }).extId];
      return { ...data(task), status: 202 };
    },
    [`GET /api/prism/v4.4/config/tasks/${task.extId}`]: data({ ...task, status: 'SUCCEEDED' }),
  });
  const spokenApi = 'v4 vmm=4.3 prism=4.4 clustermgmt=4.3 networking=4.4 volumes=4.3';
  const tools = { logger: new KeptLog(), clock: new FastClock(), userAgent: 'test/1', spokenApi };
  const volumes = createPrismVolumes(prism.connection, tools);
  try {
    const access = { initiatorName: 'iqn.2010-01.test:h204' };
    expect(await volumes.attachToInitiator('g', access, context())).toMatchObject({ clientId: 'c204' });
    expect(holders).toEqual(['c204']);
  } finally {
    await volumes.close();
    await prism.close();
  }
});
