import type { CallContext, Volume, VolumeAttachment } from '../../provider/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import { usable, type VolumeCore } from '../core.js';
import { isAt, type Target } from './holders.js';
import type { LifeOfHolder } from '../signs-of-life.js';

/** Another host can be quicker, again and again. */
const MOST_ROUNDS = 5;

export interface Given {
  readonly volume: Volume;
  readonly attachment: VolumeAttachment;
}

/**
 * Gives a host the volume. The storage allows one attachment, and that is the lock: of two hosts at once one gets it. A
 * holder that is off or gone, or silent for the time that the policy states, is fenced first: the storage takes the volume
 * away from it. One that runs, or of which nothing can be known, is `conflict`, and nothing is changed. `wanted`: the
 * volume as read a moment ago; a host that took the volume since then is seen, because the storage refuses a second
 * attachment.
 */
export async function giveTo(
  core: VolumeCore,
  wanted: Volume,
  target: Target,
  attempted: string,
  context: CallContext,
): Promise<Given> {
  let volume = wanted;
  for (let round = 1; ; round += 1) {
    refuseShared(volume, attempted);
    for (const other of volume.attachments) {
      if (!isAt(other, target)) await fence(core, volume, other, attempted, context);
    }
    try {
      const attachment = await attach(core, volume, target, context);
      return { attachment, volume: await stillTheSame(core, volume, attachment, attempted, context) };
    } catch (error) {
      if (!hasCode(error, 'conflict') || round === MOST_ROUNDS) throw error;
      context.progress(`${attempted}: another host was quicker; looking again`);
      volume = await core.require({ id: volume.id }, attempted, context);
    }
  }
}

function refuseShared({ shared }: Volume, attempted: string): void {
  if (!shared) return;
  throw new OperationError({
    code: 'unsupported',
    attempted,
    problem: 'the volume group is shared: the storage gives it to several hosts at once',
    advice: 'Take the sharing away from it first; a file system on several hosts is destroyed.',
  });
}

/**
 * A removal renames the volume and then sees whether a host has it; a host that attaches a volume looks at its name
 * afterwards. One of the two sees the other.
 */
async function stillTheSame(
  core: VolumeCore,
  before: Volume,
  attachment: VolumeAttachment,
  attempted: string,
  context: CallContext,
): Promise<Volume> {
  try {
    const now = await core.require({ id: before.id }, attempted, context);
    return usable(now, attempted);
  } catch (error) {
    if (hasCode(error, 'conflict')) await core.parts.volumes.detach(before.id, attachment, context);
    throw hasCode(error, 'conflict') ? error.with({ code: 'not-found' }) : error;
  }
}

async function attach(
  core: VolumeCore,
  { id }: Volume,
  target: Target,
  context: CallContext,
): Promise<VolumeAttachment> {
  const { volumes } = core.parts;
  if (target.kind === 'vm') return await volumes.attachToVm(id, target.vmId, context);
  // Another host sets a secret of its own when it uses the volume: until then no initiator but this one knows it.
  const access = { initiatorName: target.iqn, chapSecret: await core.chapSecret() };
  return await volumes.attachToInitiator(id, access, context);
}

/** Takes the volume away from a holder that certainly writes no more. */
async function fence(
  core: VolumeCore,
  { id, name }: Volume,
  holder: VolumeAttachment,
  attempted: string,
  context: CallContext,
): Promise<void> {
  const held = (who: string, advice: string): OperationError =>
    new OperationError({
      code: 'conflict',
      attempted,
      problem: `volume group "${name}" is held by ${who}`,
      advice,
    });
  if (holder.kind === 'initiator') {
    const iqn = holder.initiatorName ?? holder.clientId;
    throw held(
      `iSCSI initiator ${iqn}, of which Prism does not know whether it lives`,
      `If that host is off for certain: nutanix-volume detach ${name} --node iqn/${iqn}`,
    );
  }
  const vm = await core.parts.volumes.findVm(holder.vmId, context);
  let state = vm === undefined ? 'gone' : 'off';
  if (vm !== undefined && vm.power !== 'off') {
    const life = await core.signs.of(vm.id, context);
    if (life.kind !== 'silent' || life.forMs < life.limitMs) {
      throw held(
        `VM "${vm.name}" (${vm.id}), which is ${vm.power === 'unknown' ? 'in an unknown state' : vm.power}${inLifeWords(life)}`,
        `Stop what uses it there, or switch that VM off; then it moves by itself.`,
      );
    }
    state = `without a sign of life for ${seconds(life.forMs)} s`;
  }
  context.progress(
    `${attempted}: its holder, VM ${holder.vmId}, is ${state}; taking the volume away from it`,
  );
  await core.parts.volumes.detach(id, holder, context);
}

function inLifeWords(life: LifeOfHolder): string {
  if (life.kind === 'not asked') return '';
  if (life.kind === 'no signs') return ' and gives no signs of life by which it could be told dead';
  return `, and whose last sign of life was seen ${seconds(life.forMs)} s ago (it is taken for dead after ${seconds(life.limitMs)} s)`;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
