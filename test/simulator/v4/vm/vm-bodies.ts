import { PRESET } from '../../../../src/simulator/index.js';

type Json = Record<string, unknown>;

const CONFIG = 'vmm.v4.ahv.config';

export const GIB = 2 ** 30;

export const imageDisk = (diskSizeBytes: number, imageExtId: string = PRESET.image.uuid): Json => ({
  backingInfo: {
    $objectType: `${CONFIG}.VmDisk`,
    diskSizeBytes,
    dataSource: { reference: { $objectType: `${CONFIG}.ImageReference`, imageExtId } },
  },
});

export const emptyDisk = (diskSizeBytes: number): Json => ({
  backingInfo: { $objectType: `${CONFIG}.VmDisk`, diskSizeBytes },
});

export const nicOn = (subnet: string, network: Json = {}): Json => ({
  nicNetworkInfo: {
    $objectType: `${CONFIG}.VirtualEthernetNicNetworkInfo`,
    subnet: { extId: subnet },
    ...network,
  },
});

export const cloudInit = (text: string): Json => ({
  config: {
    $objectType: `${CONFIG}.CloudInit`,
    cloudInitScript: { $objectType: `${CONFIG}.Userdata`, value: Buffer.from(text).toString('base64') },
  },
});

/** A small VM on the preset inventory. */
export const vmBody = (members: Json = {}): Json => ({
  name: 'web-1',
  cluster: { extId: PRESET.cluster.uuid },
  numSockets: 2,
  memorySizeBytes: 2 * GIB,
  disks: [imageDisk(20 * GIB)],
  nics: [nicOn(PRESET.managedSubnet.uuid)],
  ...members,
});
