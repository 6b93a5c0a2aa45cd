import { composeUserData } from '../../../src/guest/index.js';
import { guestSetupOf } from '../../../src/host/guest-plan.js';
import { createBody } from '../../../src/prism/v4/vm/body.js';
import type { Placement, PlacementRequest } from '../../../src/provider/index.js';
import { MachineConfig, type ConfigValues } from '../../../src/settings/config/index.js';
import { hostSpecOf } from '../../../src/settings/host/host-spec.js';
import { OPTION_KEYS, OPTIONS, type OptionKey } from '../../../src/settings/options/index.js';
import { VM } from '../fixtures.js';

/** A value other than the default, and the member of the create body that it goes into; beside it what it needs. */
interface Sent {
  readonly value: string | number | boolean | readonly string[];
  readonly member: string;
  readonly beside?: Partial<ConfigValues>;
}

/** Every flag that says something of the VM: none is refused on v4, as long as the server has vmm 4.1. */
const SENT: Readonly<Partial<Record<OptionKey, Sent>>> = {
  Cluster: { value: 'other', member: 'cluster' },
  Image: { value: 'other', member: 'disks' },
  VMMem: { value: 4096, member: 'memorySizeBytes' },
  VMVCPUs: { value: 7, member: 'numSockets' },
  VMCores: { value: 7, member: 'numCoresPerSocket' },
  VMCPUPassthrough: { value: true, member: 'isCpuPassthroughEnabled' },
  Project: { value: 'dev', member: 'project' },
  Categories: { value: ['env=prod'], member: 'categories' },
  Description: { value: 'other', member: 'description' },
  GPUs: { value: ['M60'], member: 'gpus' },
  SerialPort: { value: true, member: 'serialPorts' },
  BootType: { value: 'uefi', member: 'bootConfig' },
  MachineType: { value: 'q35', member: 'machineType' },
  VTPM: { value: true, member: 'vtpmConfig' },
  ImageSize: { value: 40, member: 'disks' },
  DiskSize: { value: 10, member: 'disks' },
  StorageContainer: { value: 'fast', member: 'disks', beside: { DiskSize: 10 } },
  Disks: { value: ['size=20,bus=sata'], member: 'disks' },
  DockerDiskFS: { value: 'ext4', member: 'guestCustomization', beside: { DockerDiskSize: 10 } },
  Subnet: { value: ['one', 'two'], member: 'nics' },
  StaticIPs: { value: ['10.0.0.9'], member: 'nics' },
  CloudInit: { value: '#cloud-config\nlocale: C\n', member: 'guestCustomization' },
  SSHUser: { value: 'alice', member: 'guestCustomization' },
};

/** These say nothing of the VM, or say it by way of something else. */
const NOT_OF_THE_VM: Readonly<Partial<Record<OptionKey, string>>> = {
  ...Object.fromEntries(
    OPTION_KEYS.filter((key) => ['Prism Central', 'Behaviour'].includes(OPTIONS[key].group)).map((key) => [
      key,
      'how Prism Central is reached, and how long is waited',
    ]),
  ),
  IPNetwork: 'which of the addresses that the VM has is its own',
  CloudInitFile: 'read before; then as CloudInit',
  SSHPort: 'where the SSH server of the image listens',
  SSHKey: 'the key, whose public half is in user-data',
  SSHKeyType: 'the key, whose public half is in user-data',
};

/** Both at once: a disk, and what the guest makes of it. */
const SENT_TWICE: readonly OptionKey[] = ['DockerDiskSize'];

async function bodyOf(changes: Partial<ConfigValues>): Promise<Readonly<Record<string, unknown>>> {
  const config = new MachineConfig();
  config.update({ MachineName: 'web-1', Cluster: 'c', Image: 'i', Subnet: ['one'], ...changes });
  const host = hostSpecOf(
    config.values,
    config.values.CloudInit === '' ? undefined : config.values.CloudInit,
  );
  const placement = placementOf(host.placement);
  const userData = await composeUserData(guestSetupOf(host, 'ssh-ed25519 AAAA'), host.userData);
  return {
    ...createBody({
      spec: { ...host.vm, name: 'web-1', hostname: 'web-1', placement, userData },
      product: 'test-driver',
      token: `v4:${VM}`,
      requestId: VM,
      categoryIds: placement.categories.map(({ key, value }) => `${key}=${value}`),
      isFrom41: true,
    }),
  };
}

/** As a look-up would find it. */
function placementOf(request: PlacementRequest): Placement {
  const reference = (name: string): { id: string; name: string } => ({ id: `id of ${name}`, name });
  return {
    cluster: reference(request.cluster),
    image: reference(request.image),
    subnets: request.subnets.map(reference),
    project: request.project === undefined ? undefined : reference(request.project),
    categories: request.categories,
    gpus: request.gpus.map((name) => ({ name, vendor: 'NVIDIA', mode: 'VIRTUAL', deviceId: 1 })),
    storageContainers: request.storageContainers.map((name) =>
      name === undefined ? undefined : reference(name),
    ),
    warnings: [],
  };
}

/** The members that differ. */
async function changedBy(
  value: Partial<ConfigValues>,
  beside: Partial<ConfigValues> = {},
): Promise<string[]> {
  const [before, after] = [await bodyOf(beside), await bodyOf({ ...beside, ...value })];
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return members.filter((member) => JSON.stringify(before[member]) !== JSON.stringify(after[member])).sort();
}

test.each(OPTION_KEYS.map((key) => [OPTIONS[key].name, key] as const))('--%s', async (_flag, key) => {
  const sent = SENT[key];
  const lists = [sent !== undefined, NOT_OF_THE_VM[key] !== undefined, SENT_TWICE.includes(key)];
  // A flag that is in no list: say where it goes, or refuse it before anything is made.
  expect(lists.filter(Boolean)).toHaveLength(1);
  if (sent !== undefined) {
    expect(OPTIONS[key].fallback).not.toEqual(sent.value);
    expect(await changedBy({ [key]: sent.value }, sent.beside)).toEqual([sent.member]);
  }
});

test('a disk for Docker is a disk, and mounted by the guest', async () => {
  expect(await changedBy({ DockerDiskSize: 10 })).toEqual(['disks', 'guestCustomization']);
});
