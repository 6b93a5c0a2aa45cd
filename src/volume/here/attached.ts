import type { DiskAddress } from '../../node/index.js';
import type { CallContext, Volume } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import { isAt, type Target } from '../cloud/holders.js';
import { giveTo, type Given } from '../cloud/takeover.js';
import type { VolumeCore } from '../core.js';
import type { RecordedAddress, VolumeRecord } from '../records/volume-record.js';

/** A volume of which this host has the device. */
export interface HeldVolume {
  readonly record: VolumeRecord;
  readonly volume: Volume;
  readonly device: string;
}

/** This host as volumes are attached to it. */
export async function targetHere(core: VolumeCore, attempted: string): Promise<Target> {
  const { vmId, initiatorName } = await core.identity();
  const unsupported = (problem: string, advice: string): OperationError =>
    new OperationError({ code: 'unsupported', attempted, problem, advice });
  if (core.parts.attachment === 'vm') {
    if (vmId !== undefined) return { kind: 'vm', vmId: vmId.toLowerCase() };
    throw unsupported(
      'this host does not say which VM it is (DMI product_uuid)',
      'Is it a VM of that Prism Central? If not, use the attachment iscsi.',
    );
  }
  if (initiatorName !== undefined) return { kind: 'iqn', iqn: initiatorName };
  throw unsupported(
    'this host has no iSCSI initiator name',
    'Install open-iscsi (iscsi-initiator-utils); where its file says GenerateName, the first start of iscsid makes the name: systemctl enable --now iscsid',
  );
}

/** Attaches the volume to this host, which is kept in its record from before the request on, and finds its device. */
export async function holdVolume(
  core: VolumeCore,
  volume: Volume,
  attempted: string,
  context: CallContext,
): Promise<HeldVolume> {
  const target = await targetHere(core, attempted);
  const disk = volume.disks[0];
  if (disk === undefined || volume.disks.length > 1) {
    const problem = `the volume group has ${volume.disks.length} disks, and volumes have one`;
    throw new OperationError({ code: 'unsupported', attempted, problem });
  }
  if (target.kind === 'vm') await core.signs.begin(target.vmId);
  const before = await core.remember(volume);
  const isAttached = volume.attachments.some((one) => isAt(one, target));
  const by = before.attachment?.by ?? (isAttached ? 'controller' : 'node');
  const intended: VolumeRecord = { ...before, attachment: { by, address: before.attachment?.address } };
  await core.records.put(intended);
  const given = await giveTo(core, volume, target, attempted, context);
  const address = await addressOf(core, given, attempted, context);
  const record: VolumeRecord = { ...intended, attachment: { by, address } };
  await core.records.put(record);
  const device = await core.parts.node.findDevice(await withSecret(core, address), context.signal);
  return { record, volume: given.volume, device };
}

/**
 * The record of a volume that is attached here though the record does not say so: by hand, or by a controller that is no
 * more. Undefined = it is not attached here, or cannot be in use: volumes have one disk.
 */
export async function foundAttached(
  core: VolumeCore,
  id: string,
  attempted: string,
  context: CallContext,
): Promise<VolumeRecord | undefined> {
  const target = await targetHere(core, attempted);
  const volume = await core.parts.volumes.find(id, context);
  const attachment = volume?.attachments.find((one) => isAt(one, target));
  if (volume?.disks.length !== 1 || attachment === undefined) return undefined;
  const address = await addressOf(core, { volume, attachment }, attempted, context);
  return { ...(await core.remember(volume)), attachment: { by: 'controller', address } };
}

/** The device of a volume that is attached here; undefined = it is not there. */
export async function deviceHere(
  core: VolumeCore,
  { attachment }: VolumeRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (attachment?.address === undefined) return undefined;
  return await core.parts.node.seeDevice(await withSecret(core, attachment.address), signal);
}

/** The address with the secret that goes with it, which stands in no record. */
export async function withSecret(core: VolumeCore, address: RecordedAddress): Promise<DiskAddress> {
  return address.kind === 'vm' ? address : { ...address, chapSecret: await core.chapSecret() };
}

async function addressOf(
  core: VolumeCore,
  { volume, attachment }: Given,
  attempted: string,
  context: CallContext,
): Promise<RecordedAddress> {
  const disk = volume.disks[0];
  if (disk === undefined) {
    const problem = 'the volume group has no disk any more';
    throw new OperationError({ code: 'unexpected-response', attempted, problem });
  }
  const { id: diskId, index: lun, sizeBytes } = disk;
  if (attachment.kind === 'vm')
    return { kind: 'vm', diskId, scsiTarget: attachment.scsiTarget, lun, sizeBytes };
  const { portal } = await core.parts.volumes.resolvePlacement({ cluster: volume.clusterId }, context);
  if (portal !== undefined) {
    return { kind: 'iscsi', diskId, portal, targetName: volume.targetName ?? volume.id, lun };
  }
  throw new OperationError({
    code: 'unsupported',
    attempted,
    problem: 'the cluster has no iSCSI data services address',
    advice: 'Set one in Prism (Cluster Details), or use the attachment vm.',
  });
}
