import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { presetInventory, type SimulatorOptions } from '../../../src/simulator/index.js';
import { at, type ApiClient, type Response } from '../api-client.js';
import { started } from '../running.js';
import { compared } from './recorded-answers.js';
import { RecordedIds } from './recorded-ids.js';
import { createBodyOf, recordedMachines, referredTo } from './recorded-machines.js';
import { recordedPlaces } from './recorded-places.js';
import { inventoryOfRequests } from './recorded-requests.js';
import { exchanges, type Exchange } from './recordings.js';
import { V4Client } from './v4-client.js';

const routesShape = z.array(
  z.object({ namespace: z.string(), versionRoutes: z.array(z.object({ version: z.string() })) }),
);

/** Every difference that stays, with its reason: also in docs/simulator.md. One that is none any more fails. */
type Differences = Readonly<Record<string, string>>;

const COOKIES: Differences = {
  'header.set-cookie: "NTNX_IAM_SESSION,NTNX_MERCURY_IAM_REFRESH_TOKEN,NTNX_MERCURY_IAM_SESSION" there, "NTNX_IAM_SESSION" here':
    'one cookie makes a session here',
};
const LINKS = 'the order of links differs from list to list';
const ORDER_OF_LINKS: Differences = {
  'metadata.links[].rel: "first" there, "last" here': LINKS,
  'metadata.links[].rel: "last" there, "first" here': LINKS,
};
const clusterDifferences = (data: string): Differences => ({
  [`${data}.config.authorizedPublicKeyList: missing here`]: 'no public keys are made up',
  [`${data}.network.nameServerIpList: 1 entries there, 2 here`]: 'every cluster here has two',
  [`${data}.network.ntpServerIpList: 1 entries there, 2 here`]: 'every cluster here has two',
});

const OF_2026: Readonly<Record<string, Differences>> = {
  A1: {},
  B1: {},
  B3: {},
  C1: {},
  C2: {},
  C3: {},
  C5: {},
  C7: {},
  D2: {},
};

const OF_2024: Readonly<Record<string, Differences>> = {
  'other/actuator-versionroutes': {
    ...COOKIES,
    ': 18 entries there, 7 here': 'the other namespaces are not played',
  },
  'other/clustermgmt-list-clusters': {
    ...COOKIES,
    ...clusterDifferences('data[]'),
    ...ORDER_OF_LINKS,
  },
  'other/clustermgmt-get-cluster': { ...COOKIES, ...clusterDifferences('data') },
  'other/clustermgmt-list-hosts': { ...COOKIES, ...ORDER_OF_LINKS },
  'other/clustermgmt-list-storage-containers': {
    ...COOKIES,
    'data[].isCompressionEnabled: false there, true here': 'settings of containers are all the same here',
    'data[].logicalAdvertisedCapacityBytes: missing here': 'settings of containers are all the same here',
    'data[].logicalExplicitReservedCapacityBytes: 2147483648 there, 0 here':
      'settings of containers are all the same here',
  },
  'other/vmm-list-vms': {
    ...COOKIES,
    'header.vary: "Origin,Accept-Encoding" there, "Origin" here': 'no list is packed here',
    'data[].bootConfig.nvramDevice: missing here': 'the variables of UEFI are not kept',
    'data[].cdRoms[].isoType: "GUEST_CUSTOMIZATION" there, "OTHER" here':
      'the drives were asked for as drives, not as cloud-init',
    'data[].nics[].networkInfo.ipv4Info: missing here': 'no guest runs that an address could be learned from',
    'data[].source: missing here': 'the two VMs were made anew here, not cloned',
    'metadata.extraInfo: missing here': 'an empty entry about truncation, of this one list',
    'metadata.links[].rel: "first" there, "last" here': LINKS,
    'metadata.links[].rel: "last" there, "self" here': LINKS,
    'metadata.links[].rel: "self" there, "first" here': LINKS,
  },
};

const SERVER_OF_2026: SimulatorOptions = {
  pcVersion: 'pc.7.6',
  inventory: inventoryOfRequests(),
  v4Limits: 'recorded',
};

describe('the exchanges with a real Prism Central of 2026 (pc.7.6), beside those with this one', () => {
  test.each(Object.entries(OF_2026))('%s', async (name, expected) => {
    const { api } = await started(SERVER_OF_2026);
    const ids = new RecordedIds();
    const found: string[] = [];
    for (const recorded of exchanges(name)) {
      const authorization =
        name === 'B3' ? `Basic ${Buffer.from('admin:wrong').toString('base64')}` : undefined;
      found.push(...compared(recorded, await again(api, recorded, ids, authorization), ids));
    }
    expect([...new Set(found)].sort()).toEqual(Object.keys(expected).sort());
  });
});

describe('the answers of a real Prism Central of 2024 (pc.2024.3), beside those of this one', () => {
  test.each(Object.entries(OF_2024))('%s', async (name, expected) => {
    const machines = recordedMachines();
    const [recorded] = exchanges(name);
    const { api } = await started({
      // One of them was another server.
      pcVersion: String(recorded?.response.headers['X-Ntnx-Product']),
      inventory: { ...presetInventory(), ...recordedPlaces(), ...referredTo(machines) },
    });
    if (name === 'other/vmm-list-vms')
      await make(new V4Client(api, { vmm: 'v4.0', prism: 'v4.0' }), machines);
    if (recorded === undefined) throw new Error(`${name} is empty`);
    const ids = new RecordedIds();
    const found = compared(recorded, await again(api, recorded, ids), ids).filter(
      (line) => !isOfLimits(line),
    );
    expect([...new Set(found)].sort()).toEqual(Object.keys(expected).sort());
  });
});

test('the namespaces here have the versions that the real server has of them, apart from those that are not yet good', async () => {
  const { api } = await started({ pcVersion: 'pc.2024.3.0.1' });
  const released = (body: unknown): Map<string, string[]> =>
    new Map(
      routesShape
        .parse(body)
        .map(({ namespace, versionRoutes }) => [
          namespace,
          versionRoutes.map(({ version }) => version).filter((version) => /^v4\.\d+$/.test(version)),
        ]),
    );
  const real = released(exchanges('other/actuator-versionroutes')[0]?.response.body);
  const ours = released((await api.absolute('GET', '/api/actuator/versionroutes')).body);
  expect([...ours].map(([namespace]) => [namespace, real.get(namespace)])).toEqual([...ours]);
});

test('docs/simulator.md has every difference that stays, and why', () => {
  const text = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'simulator.md'), 'utf8');
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const wanted = Object.entries({ ...OF_2026, ...OF_2024 }).flatMap(([name, found]) =>
    Object.entries(found).map(([line, why]) => [name.replace('other/', ''), memberOf(line), why]),
  );
  const missing = wanted.filter(
    ([name = '', member, why]) =>
      !rows.some(
        (row) => row[1]?.includes(name) === true && row[2] === `\`${String(member)}\`` && row[3] === why,
      ),
  );
  expect(missing).toEqual([]);
});

/** `config.timezone` of `data[].config.timezone: missing here`. */
function memberOf(line: string): string {
  return (line.split(':')[0] ?? '').replace(/^data(\[\])?\./, '') || '[]';
}

/** Those of 2024 are compared without limits: 26 VMs are made first. */
function isOfLimits(line: string): boolean {
  return /^header\.x-(api-)?ratelimit-/.test(line);
}

/** Sends the request with our ids. A task is read when it is over: the recorded ones had been over for a minute. */
async function again(
  api: ApiClient,
  { request }: Exchange,
  ids: RecordedIds,
  authorization?: string,
): Promise<Response> {
  const path = ids.inText(request.path);
  const headers = {
    ...Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    ...(authorization === undefined ? {} : { authorization }),
  };
  for (;;) {
    const answer = await api.absolute(request.method, path, request.body ?? undefined, { headers });
    const status = at(answer.body, 'data', 'status');
    if (status !== 'QUEUED' && status !== 'RUNNING') return answer;
  }
}

/** Makes VMs like the recorded ones, in their order, and switches on those that were on. */
async function make(v4: V4Client, machines: ReturnType<typeof recordedMachines>): Promise<void> {
  for (const machine of machines) {
    const id = await v4.made(createBodyOf(machine));
    if (machine.powerState === 'ON') await v4.workOnVm('POST', id, '/$actions/power-on');
  }
}
