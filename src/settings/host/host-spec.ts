import type { HostSpec } from '../../host/index.js';
import type { ConfigValues } from '../config/index.js';
import { parseCategory, parseDisks, staticAddresses } from '../options/index.js';
import { sshKeyPathOf, sshPortOf, sshUserOf } from './host-access.js';

/** Longest description that Prism takes, characters. */
const LONGEST_DESCRIPTION = 1000;

/**
 * The host that a machine's configuration asks for. The values have passed the options' checks. `userData`: the
 * user's own, from flag or file; undefined = none.
 */
export function hostSpecOf(values: ConfigValues, userData: string | undefined): HostSpec {
  const { disks, storageContainers, dockerDisk, mounts } = disksOf(values);
  const addresses = staticAddresses(values.StaticIPs);
  const perNic = addresses.length === 0 ? [] : values.Subnet.map((_, nic) => addresses[nic]);
  const systemDiskGiB = values.ImageSize === 0 ? undefined : values.ImageSize;
  return {
    name: values.MachineName,
    placement: {
      vmName: values.MachineName,
      cluster: values.Cluster,
      image: values.Image,
      subnets: values.Subnet,
      project: optional(values.Project),
      categories: values.Categories.flatMap((text) => parseCategory(text) ?? []),
      gpus: values.GPUs,
      storageContainers,
      systemDiskGiB,
      staticAddresses: perNic,
    },
    vm: {
      // A character of two units that the cut went through is dropped whole.
      description: values.Description.slice(0, LONGEST_DESCRIPTION).replace(/\p{Cs}$/u, ''),
      sockets: values.VMVCPUs,
      coresPerSocket: values.VMCores,
      cpuPassthrough: values.VMCPUPassthrough,
      memoryMiB: values.VMMem,
      systemDiskGiB,
      disks,
      staticAddresses: perNic,
      bootType: oneOf(['uefi', 'secure'], values.BootType) ?? 'legacy',
      machineType: oneOf(['pc', 'q35'], values.MachineType),
      vtpm: values.VTPM,
      serialPort: values.SerialPort,
    },
    ssh: {
      user: sshUserOf(values),
      port: sshPortOf(values),
      keyPath: sshKeyPathOf(values),
      generate: values.SSHKey === '' ? (oneOf(['rsa'], values.SSHKeyType) ?? 'ed25519') : false,
      // The copy keeps the machine reachable when the original is moved, and a store that is kept elsewhere whole.
      existingKey: optional(values.SSHKey),
    },
    userData,
    dockerDisk,
    mounts,
    waitFor: oneOf(['ip', 'ssh'], values.WaitFor) ?? 'cloud-init',
    addressNetwork: optional(values.IPNetwork),
    keepOnError: values.KeepOnError,
  };
}

/** The additional disks in the order of the VM: the official pair's, those of --nutanix-disk, Docker's. */
function disksOf(values: ConfigValues) {
  const container = optional(values.StorageContainer);
  const raw = values.DiskSize === 0 ? [] : [{ sizeGiB: values.DiskSize, bus: 'scsi' as const, container }];
  const listed = parseDisks(values.Disks).disks;
  const docker =
    values.DockerDiskSize === 0 ? [] : [{ sizeGiB: values.DockerDiskSize, bus: 'scsi' as const, container }];
  const all = [...raw, ...listed, ...docker];
  return {
    disks: all.map(({ sizeGiB, bus }) => ({ sizeGiB, bus })),
    storageContainers: all.map((disk) => disk.container),
    dockerDisk:
      docker.length === 0
        ? undefined
        : { disk: all.length - 1, filesystem: oneOf(['ext4'], values.DockerDiskFS) ?? ('xfs' as const) },
    mounts: listed.flatMap(({ mount, filesystem }, index) =>
      mount === undefined ? [] : [{ disk: raw.length + index, path: mount, filesystem }],
    ),
  };
}

function optional(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function oneOf<const T extends string>(allowed: readonly T[], text: string): T | undefined {
  return allowed.find((value) => value === text);
}
