import { createPrismVolumes } from '../../../src/prism/index.js';
import type { Connection, Volumes } from '../../../src/provider/index.js';
import { PRESET, startSimulator, type Simulator } from '../../../src/simulator/index.js';
import { silentLogger, systemClock } from '../../../src/support/index.js';
import type { VolumeSettings } from '../../../src/volume-commands/config/settings-file.js';
import {
  clockCheck,
  identityCheck,
  initiatorCheck,
  permissionChecks,
  placementCheck,
} from '../../../src/volume-commands/doctor/cloud-checks.js';
import { callContext } from '../../volume/memory-cloud.js';

let simulator: Simulator;
let settings: VolumeSettings;
const opened: Volumes[] = [];
const NODE = { hostname: 'host', vmId: undefined, initiatorName: undefined };
const NO_VM = '11111111-2222-4333-8444-555555555555';

beforeAll(async () => {
  simulator = await startSimulator();
  const { host, port, fingerprint, username, password } = simulator;
  settings = {
    file: '/etc/nutanix-volume/nutanix-volume.yaml',
    connection: {
      host,
      port,
      credentials: { kind: 'password', username, password },
      trust: { kind: 'fingerprint', sha256: fingerprint },
      api: 'auto',
    },
    attachment: 'vm',
    folder: '/nowhere',
    policyFile: '/nowhere/policy.yaml',
  };
});

afterAll(async () => {
  for (const cloud of opened) await cloud.close();
  await simulator.close();
});

function cloudOf(changed: Partial<Connection> = {}): Volumes {
  const settingNames = { fingerprint: '', authorities: '', insecure: '', proxy: '', api: 'api' };
  const dependencies = { logger: silentLogger, clock: systemClock, userAgent: 'test/1', settingNames };
  const cloud = createPrismVolumes({ ...settings.connection, ...changed }, dependencies);
  opened.push(cloud);
  return cloud;
}

test('placement: what it is, and what is wrong with it', async () => {
  const cloud = cloudOf();
  const { finding } = await placementCheck(
    cloud,
    { ...settings, cluster: PRESET.cluster.name },
    callContext(),
  );
  expect(finding).toMatchObject({ check: 'placement', verdict: 'ok' });
  expect(finding.found).toContain(`cluster ${PRESET.cluster.name}`);
  const wrong = { ...settings, cluster: PRESET.cluster.name, storageContainer: 'nowhere' };
  const refused = await placementCheck(cloud, wrong, callContext());
  expect(refused.finding).toMatchObject({ check: 'placement', verdict: 'fail' });
  expect(refused.finding.advice).toContain('storage-container');
  expect(refused.unusable).toBeUndefined();
});

test('a Prism Central that refuses the account is told once, with what to do', async () => {
  const credentials = { kind: 'password', username: 'admin', password: 'wrong' } as const;
  const { finding, unusable } = await placementCheck(cloudOf({ credentials }), settings, callContext());
  expect(unusable).toBe(true);
  expect(finding).toMatchObject({ check: 'Prism Central', verdict: 'fail' });
  expect(finding.advice).toContain('username and password');
  expect(JSON.stringify(finding)).not.toContain('wrong');
});

test('permissions: what may be read', async () => {
  expect(await permissionChecks(cloudOf(), callContext())).toEqual([
    { check: 'may list volume groups', verdict: 'ok', found: 'allowed' },
    { check: 'may list recovery points', verdict: 'ok', found: 'allowed' },
  ]);
});

test('VM: by DMI or the settings; unknown; not needed for iSCSI', async () => {
  const cloud = cloudOf();
  expect(await identityCheck(cloud, settings, NODE, callContext())).toMatchObject({
    verdict: 'fail',
    found: 'DMI shows no id of a VM',
    advice: expect.stringContaining('vm-id') as unknown,
  });
  for (const [named, node] of [
    [{ vmId: NO_VM }, NODE],
    [{}, { ...NODE, vmId: NO_VM }],
  ] as const) {
    expect(await identityCheck(cloud, { ...settings, ...named }, node, callContext())).toMatchObject({
      verdict: 'fail',
      found: `Prism Central knows no VM ${NO_VM}`,
      advice: expect.stringContaining('attachment: iscsi') as unknown,
    });
  }
  const iscsi = { ...settings, attachment: 'iscsi' } as const;
  expect(await identityCheck(cloud, iscsi, NODE, callContext())).toMatchObject({ verdict: 'skip' });
});

test('initiator: needed for iSCSI only', () => {
  const iscsi = { ...settings, attachment: 'iscsi' } as const;
  expect(initiatorCheck(settings, NODE)).toMatchObject({ verdict: 'skip' });
  expect(initiatorCheck(iscsi, NODE)).toMatchObject({
    verdict: 'fail',
    advice: expect.stringContaining('open-iscsi') as unknown,
  });
  const initiatorName = 'iqn.1993-08.org.debian:01:1';
  expect(initiatorCheck(iscsi, { ...NODE, initiatorName })).toMatchObject({
    verdict: 'ok',
    found: initiatorName,
  });
});

test.each([
  [0, 'ok', 'within'],
  [300_000, 'warn', '300 s ahead of'],
  [-300_000, 'warn', '300 s behind'],
])('clock: %i ms beside that of Prism Central', async (skew, verdict, found) => {
  const finding = await clockCheck(settings, () => Date.now() + skew);
  expect(finding.verdict).toBe(verdict);
  expect(finding.found.replace(/\b(299|301) s/, '300 s')).toContain(found);
});

test('clock: a Prism Central that tells no time, or is behind a proxy, is not compared', async () => {
  const { connection } = settings;
  const nobody = { ...settings, connection: { ...connection, port: 1 } };
  expect(await clockCheck(nobody, Date.now)).toMatchObject({ verdict: 'skip' });
  const proxied = { ...settings, connection: { ...connection, proxyUrl: 'http://127.0.0.1:1' } };
  expect(await clockCheck(proxied, Date.now)).toMatchObject({ verdict: 'skip' });
});
