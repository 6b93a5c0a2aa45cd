import { presetInventory } from '../../../src/simulator/index.js';

import { started } from '../running.js';
import { differences } from '../v3/recordings/contract.js';
import { exchange } from './recordings.js';
import { recordedPlaces } from './recorded-places.js';

/** Values that belong to one server or one moment: of them the type is compared. */
const FREE = [
  /^metadata\.links\[\]\.href$/,
  /^data(\[\])?\.vmCount$/,
  /\.config\.incarnationId$/,
  /\.config\.timezone$/,
  /\.(commitId|shortCommitId|fullVersion)$/,
  /\.clusterSoftwareMap\[\]\.version$/,
  /\.nodes\.nodeList\[\]\./,
  /\.(externalSubnet|internalSubnet)$/,
  /\.nameServerIpList\[\]\.ipv4\.value$/,
  /\.(bootTimeUsecs|cpuFrequencyHz|cpuModel|rackableUnitUuid)$/,
  /\.disk\[\]\./,
  /\.hypervisor\.numberOfVms$/,
  /\.ipmi\.ip\.ipv4\.value$/,
  /^data\[\]\.links\[\]\.href$/,
  /\.storagePoolExtId$/,
];

/** What is different all the same, with the reason. One that is different no longer fails the test. */
const DIFFERENT: Readonly<Record<string, readonly string[]>> = {
  // No public keys are made up. Every cluster here has two servers of names and of time.
  'clustermgmt-list-clusters': [
    'data[].config.authorizedPublicKeyList: missing here',
    'data[].network.nameServerIpList: 1 entries there, 2 here',
    'data[].network.ntpServerIpList: 1 entries there, 2 here',
    // The real order of links differs from list to list.
    'metadata.links[].rel: "first" there, "last" here',
    'metadata.links[].rel: "last" there, "first" here',
  ],
  'clustermgmt-get-cluster': [
    'data.config.authorizedPublicKeyList: missing here',
    'data.network.nameServerIpList: 1 entries there, 2 here',
    'data.network.ntpServerIpList: 1 entries there, 2 here',
  ],
  'clustermgmt-list-hosts': [
    'metadata.links[].rel: "first" there, "last" here',
    'metadata.links[].rel: "last" there, "first" here',
  ],
  // Settings of a container are the same for all here.
  'clustermgmt-list-storage-containers': [
    'data[].isCompressionEnabled: false there, true here',
    'data[].logicalAdvertisedCapacityBytes: missing here',
    'data[].logicalExplicitReservedCapacityBytes: 2147483648 there, 0 here',
  ],
};

function found(real: unknown, ours: unknown): string[] {
  return [...new Set(differences(real, ours, FREE))].sort();
}

describe('the answers of a real Prism Central of 2024 (pc.2024.3.1.1), beside those of this one', () => {
  test.each(Object.keys(DIFFERENT))('%s', async (name) => {
    const { request, response } = exchange(`other/${name}`);
    const { api } = await started({
      pcVersion: 'pc.2024.3.1.1',
      inventory: { ...presetInventory(), subnets: [], images: [], ...recordedPlaces() },
    });
    const answer = await api.absolute(request.method, request.path);
    expect(answer.status).toBe(response.status);
    expect(found(response.body, answer.body)).toEqual([...(DIFFERENT[name] ?? [])].sort());
  });
});
