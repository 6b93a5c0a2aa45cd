import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { CommandRunner } from './command/command-runner.js';
import { installAdvice, type ProgramName } from './command/programs.js';
import { entriesOf, textIn } from './devices/block-devices.js';
import { identifyNode } from './identity.js';
import { SYSTEM_PATHS, type NodePaths } from './node-paths.js';

/** One thing that volumes need of this host, as it is. */
export interface Finding {
  /** What was looked at, e.g. `iSCSI daemon`. */
  readonly subject: string;
  /** `missing` = some volumes or operations do not work; `note` = good to know. */
  readonly state: 'good' | 'note' | 'missing';
  /** What was found, a full sentence. */
  readonly found: string;
  /** What to do about it, full sentences. */
  readonly advice?: string | undefined;
}

const SUBJECTS: readonly ((host: Host) => Promise<Finding | readonly Finding[]>)[] = [
  capabilities,
  vmId,
  scsiAdapter,
  filesystems,
  udev,
  initiator,
  iscsiDaemon,
  iscsiModule,
  multipath,
];

/** Looks at everything that volumes need of this host; changes nothing, and needs no rights for most of it. */
export async function examineNode(paths: Partial<NodePaths> = {}): Promise<readonly Finding[]> {
  const all = { ...SYSTEM_PATHS, ...paths };
  const host = { paths: all, runner: new CommandRunner(all.programs) };
  return (await Promise.all(SUBJECTS.map(async (examine) => await examine(host)))).flat();
}

interface Host {
  readonly paths: NodePaths;
  readonly runner: CommandRunner;
}

/** capabilities(7): mounts, and the growth of a mounted ext4. */
const CAPABILITIES = [
  { name: 'CAP_SYS_ADMIN', bit: 21n, lack: 'Nothing can be mounted.' },
  { name: 'CAP_SYS_RESOURCE', bit: 24n, lack: 'A mounted ext4 cannot be grown.' },
] as const;

async function capabilities({ paths }: Host): Promise<readonly Finding[]> {
  const status = (await textIn(join(paths.proc, 'self/status'))) ?? '';
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return CAPABILITIES.map(({ name, bit, lack }) => {
    const subject = `capability ${name}`;
    if ((effective >> bit) & 1n) return { subject, state: 'good', found: 'This process has it.' };
    const advice = 'Run it as root; in a container, add the capability.';
    return { subject, state: 'missing', found: `This process does not have it. ${lack}`, advice };
  });
}

async function vmId({ paths }: Host): Promise<Finding> {
  const subject = 'id of this VM';
  const { vmId: id } = await identifyNode(paths);
  if (id !== undefined) return { subject, state: 'good', found: `DMI says ${id}.` };
  const found = 'DMI tells none (/sys/class/dmi/id/product_uuid); volumes cannot be attached to this VM.';
  const advice = 'Run it as root on a VM of the cluster, or attach volumes by iSCSI.';
  return { subject, state: 'missing', found, advice };
}

async function scsiAdapter({ paths }: Host): Promise<Finding> {
  const subject = 'SCSI adapters';
  const hosts = await entriesOf(join(paths.sys, 'class/scsi_host'));
  if (hosts.length > 0) return { subject, state: 'good', found: `There are ${hosts.length}.` };
  const found = 'There are none, to which the hypervisor could add a disk.';
  return { subject, state: 'note', found, advice: 'A VM of AHV has one as soon as it has a SCSI disk.' };
}

async function filesystems({ paths, runner }: Host): Promise<readonly Finding[]> {
  const known = (await textIn(join(paths.proc, 'filesystems'))) ?? '';
  const types = [
    { type: 'xfs', programs: ['mkfs.xfs', 'xfs_growfs'] },
    { type: 'ext4', programs: ['mkfs.ext4', 'resize2fs'] },
  ] as const;
  return await Promise.all(
    types.map(async ({ type, programs }): Promise<Finding> => {
      const subject = `file system ${type}`;
      const isKnown = new RegExp(`\\b${type}$`, 'm').test(known) || (await hasModule(paths, type));
      if (!isKnown) {
        const advice = 'Install the modules of this kernel (linux-modules-extra on Ubuntu).';
        return { subject, state: 'missing', found: 'The kernel does not know it.', advice };
      }
      const absent = await absentOf(runner, programs);
      return absent.length === 0
        ? { subject, state: 'good', found: 'Kernel and programs have it.' }
        : lacking(subject, absent);
    }),
  );
}

async function udev({ paths }: Host): Promise<Finding> {
  const subject = 'udev';
  const isThere = (await entriesOf(join(paths.run, 'udev'))).includes('control');
  return isThere
    ? { subject, state: 'good', found: 'It is running.' }
    : { subject, state: 'note', found: 'It is not running; disks are found by sysfs alone.' };
}

async function initiator({ paths, runner }: Host): Promise<Finding> {
  const subject = 'iSCSI initiator';
  const absent = await absentOf(runner, ['iscsiadm']);
  if (absent.length > 0) return lacking(subject, absent);
  const { initiatorName } = await identifyNode(paths);
  if (initiatorName !== undefined) return { subject, state: 'good', found: `Its name is ${initiatorName}.` };
  const found = 'It has no name (/etc/iscsi/initiatorname.iscsi).';
  const advice = 'Start iscsid once, or write a line InitiatorName= with the output of iscsi-iname.';
  return { subject, state: 'missing', found, advice };
}

async function iscsiDaemon({ paths }: Host): Promise<Finding> {
  const subject = 'iSCSI daemon';
  // iscsid, or systemd in its place, listens at this abstract name.
  const sockets = (await textIn(join(paths.proc, 'net/unix'))) ?? '';
  if (sockets.includes('@ISCSIADM_ABSTRACT_NAMESPACE')) {
    return { subject, state: 'good', found: 'iscsid listens.' };
  }
  const found = 'iscsid does not listen; volumes cannot be attached by iSCSI.';
  return { subject, state: 'missing', found, advice: 'systemctl enable --now iscsid' };
}

async function iscsiModule({ paths }: Host): Promise<Finding> {
  const subject = 'iSCSI in the kernel';
  const isLoaded = (await entriesOf(join(paths.sys, 'module'))).includes('iscsi_tcp');
  if (isLoaded) return { subject, state: 'good', found: 'iscsi_tcp is loaded.' };
  if (await hasModule(paths, 'iscsi_tcp')) {
    return { subject, state: 'good', found: 'iscsi_tcp can be loaded.' };
  }
  const advice =
    'Install the modules of this kernel (linux-modules-extra on Ubuntu, kernel-modules on Red Hat).';
  return { subject, state: 'missing', found: 'There is no iscsi_tcp for this kernel.', advice };
}

async function multipath({ paths, runner }: Host): Promise<Finding> {
  const subject = 'multipath';
  if ((await textIn(join(paths.run, 'multipathd.pid'))) === undefined) {
    return { subject, state: 'note', found: 'multipathd is not running: each disk has one path.' };
  }
  const absent = await absentOf(runner, ['multipath', 'multipathd']);
  if (absent.length > 0) return lacking(subject, absent);
  const found = 'multipathd is running: the multipath device of a disk is used where it makes one.';
  const advice =
    'If it shall leave the disks of this VM alone, put vendor NUTANIX into a blacklist of /etc/multipath.conf.';
  return { subject, state: 'note', found, advice };
}

async function absentOf(
  runner: CommandRunner,
  programs: readonly ProgramName[],
): Promise<readonly ProgramName[]> {
  const found = await Promise.all(programs.map(async (program) => await runner.find(program)));
  return programs.filter((_, index) => found[index] === undefined);
}

function lacking(subject: string, absent: readonly ProgramName[]): Finding {
  const [first] = absent;
  const advice = first === undefined ? undefined : installAdvice(first);
  return { subject, state: 'missing', found: `There is no ${absent.join(' and no ')}.`, advice };
}

/** Whether the kernel that runs has the module, built in or as a file. */
async function hasModule(paths: NodePaths, name: string): Promise<boolean> {
  const folder = join(paths.modules, release());
  const lists = await Promise.all(
    ['modules.builtin', 'modules.dep'].map(
      async (list) => await readFile(join(folder, list), 'utf8').catch(() => ''),
    ),
  );
  return lists.some((list) => new RegExp(`/${name}\\.ko\\b`).test(list));
}
