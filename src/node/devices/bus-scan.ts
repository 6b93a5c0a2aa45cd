import { join } from 'node:path';
import type { NodePaths } from '../node-paths.js';
import { entriesOf, textIn } from './block-devices.js';
import { writeSysfs } from './sysfs-write.js';

/** Adapters that are sessions of iSCSI: those are scanned by iscsiadm, and no disk of a VM is there. */
const ISCSI_ADAPTERS = new Set(['iscsi_tcp', 'iscsi_iser', 'bnx2i', 'qedi', 'cxgb3i', 'cxgb4i']);

/**
 * Makes the kernel look for disks that a hypervisor has added without the kernel's notice: at one target, or at all.
 * An adapter that refuses is passed over; the disk is looked for at all of them anyway.
 */
export async function scanForDisks(paths: NodePaths, target: number | undefined): Promise<void> {
  const folder = join(paths.sys, 'class/scsi_host');
  for (const host of await entriesOf(folder)) {
    const adapter = await textIn(join(folder, host, 'proc_name'));
    if (adapter !== undefined && ISCSI_ADAPTERS.has(adapter)) continue;
    // `channel target lun`; a hyphen stands for all.
    const what = `- ${target ?? '-'} -`;
    await writeSysfs(join(folder, host, 'scan'), what).catch(() => undefined);
  }
}
