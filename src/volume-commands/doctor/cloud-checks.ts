import { request } from 'node:https';
import type { NodeIdentity } from '../../node/index.js';
import type { CallContext, VolumePlacement, Volumes } from '../../provider/index.js';
import { OperationError, type ErrorCode } from '../../support/index.js';
import type { VolumeSettings } from '../config/settings-file.js';
import { bad, ok, skipped, type DoctorFinding } from './finding.js';

/** Certificates, grace times and signatures suffer from more, ms. */
const MOST_SKEW = 60_000;
const PROBE_LIMIT = 5000;

/** Codes that say nothing of what was asked for: no answer to any question is to be had. */
const UNUSABLE: readonly ErrorCode[] = [
  'unreachable',
  'unavailable',
  'unauthenticated',
  'unsupported',
  'untrusted-certificate',
  'timeout',
  'rate-limited',
  'unexpected-response',
];

/**
 * Whether Prism Central can be asked at all. One that cannot be is told once, and not by each check that needs it:
 * undefined = it answers.
 */
function prismCheck(error: unknown, { connection }: VolumeSettings): DoctorFinding | undefined {
  const { code, message } = OperationError.from(error, 'ask Prism Central');
  if (!UNUSABLE.includes(code)) return undefined;
  const advice =
    code === 'unauthenticated'
      ? 'Mend username and password in the settings; wait before trying again, too many failures lock an account.'
      : `Try from this host: curl -k https://${connection.host}:${connection.port}/. Then look at endpoint, proxy, ca-file and api in the settings.`;
  return bad('Prism Central', 'fail', message, advice);
}

/** What reading needs; writing cannot be tried without writing. */
export async function permissionChecks(cloud: Volumes, context: CallContext): Promise<DoctorFinding[]> {
  const reads: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['list volume groups', () => cloud.list('nutanix-volume-doctor', context)],
    ['list recovery points', () => cloud.listSnapshots(undefined, context)],
  ];
  const findings: DoctorFinding[] = [];
  for (const [what, read] of reads) findings.push(await attemptOf(what, read));
  return findings;
}

async function attemptOf(what: string, read: () => Promise<unknown>): Promise<DoctorFinding> {
  const check = `may ${what}`;
  try {
    await read();
    return ok(check, 'allowed');
  } catch (error) {
    const { message, code } = OperationError.from(error, what);
    const advice =
      code === 'permission-denied'
        ? 'Add that operation to the role of this account (docs/permissions.md).'
        : 'Look at the same request in Prism Central with this account.';
    return bad(check, 'fail', message, advice);
  }
}

/** Cluster and storage container of new volumes. */
export async function placementCheck(
  cloud: Volumes,
  settings: VolumeSettings,
  context: CallContext,
): Promise<{
  readonly finding: DoctorFinding;
  readonly placement?: VolumePlacement;
  /** Prism Central cannot be asked: `finding` says why. */
  readonly unusable?: true;
}> {
  const { cluster, storageContainer } = settings;
  try {
    const placement = await cloud.resolvePlacement({ cluster, storageContainer }, context);
    const container = placement.storageContainer.name;
    const where = `cluster ${placement.cluster.name}, storage container ${container}`;
    return { finding: ok('placement', where), placement };
  } catch (error) {
    const unusable = prismCheck(error, settings);
    if (unusable !== undefined) return { finding: unusable, unusable: true };
    const { message } = OperationError.from(error, 'look up the cluster');
    return {
      finding: bad(
        'placement',
        'fail',
        message,
        'Name one that exists by the keys cluster and storage-container of the settings.',
      ),
    };
  }
}

/** Whether this host is a VM of that Prism Central, and which. */
export async function identityCheck(
  cloud: Volumes,
  { attachment, vmId: named }: VolumeSettings,
  identity: NodeIdentity,
  context: CallContext,
): Promise<DoctorFinding> {
  const vmId = named ?? identity.vmId;
  if (attachment === 'iscsi') return skipped('VM', 'not needed: volumes come by iSCSI');
  if (vmId === undefined) {
    const advice =
      'Name the VM with vm-id, or take attachment: iscsi on a host that is no VM of this cluster.';
    return bad('VM', 'fail', 'DMI shows no id of a VM', advice);
  }
  try {
    const vm = await cloud.findVm(vmId, context);
    if (vm !== undefined) return ok('VM', `this host is VM "${vm.name}" (${vmId})`);
    const advice =
      'Is the endpoint the Prism Central of this VM, and may the account see it? Otherwise attachment: iscsi.';
    return bad('VM', 'fail', `Prism Central knows no VM ${vmId}`, advice);
  } catch (error) {
    const { message } = OperationError.from(error, `find VM ${vmId}`);
    return bad('VM', 'fail', message, 'The role needs View_Virtual_Machine (docs/permissions.md).');
  }
}

export function initiatorCheck(
  { attachment }: VolumeSettings,
  { initiatorName }: NodeIdentity,
): DoctorFinding {
  if (initiatorName !== undefined) return ok('initiator', initiatorName);
  if (attachment !== 'iscsi') return skipped('initiator', 'not needed: the hypervisor attaches volumes');
  const advice = 'Install open-iscsi and start it: systemctl enable --now iscsid.';
  return bad('initiator', 'fail', '/etc/iscsi/initiatorname.iscsi names no initiator', advice);
}

/** This host's clock against the Date that Prism Central sends. Nothing secret is sent, so any certificate will do. */
export async function clockCheck({ connection }: VolumeSettings, now: () => number): Promise<DoctorFinding> {
  const { host, port, proxyUrl } = connection;
  if (proxyUrl !== undefined) return skipped('clock', 'not compared: Prism Central is behind a proxy');
  const date = await dateOf(host, port);
  if (date === undefined) return skipped('clock', 'not compared: Prism Central tells no time');
  const skew = now() - date;
  const seconds = Math.round(Math.abs(skew) / 1000);
  if (Math.abs(skew) <= MOST_SKEW) return ok('clock', `within ${seconds} s of Prism Central's`);
  const found = `${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} Prism Central's`;
  return bad('clock', 'warn', found, 'Let both follow the same NTP servers (chronyc, timedatectl).');
}

function dateOf(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const options = { host, port, method: 'HEAD', rejectUnauthorized: false, timeout: PROBE_LIMIT };
    const sent = request(options, (answer) => {
      answer.resume();
      const time = Date.parse(answer.headers.date ?? '');
      resolve(Number.isNaN(time) ? undefined : time);
      sent.destroy();
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end();
  });
}
