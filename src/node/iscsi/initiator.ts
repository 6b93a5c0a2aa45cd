import { OperationError, type ErrorCode } from '../../support/index.js';
import { installAdvice } from '../command/programs.js';
import { demandUnused } from '../devices/device-file.js';
import type { NodeTools } from '../devices/node-tools.js';
import { namesTarget } from '../devices/scsi-identity.js';
import { identifyNode } from '../identity.js';
import type { IscsiDiskAddress } from '../storage-node.js';
import { TargetRecords } from './target-records.js';
import { devicesOf, readSessions, type TargetSession } from './target-sessions.js';

/** A target as a portal lists it. */
interface ListedTarget {
  /** `address:port,group`, as iscsiadm takes it again. */
  readonly portal: string;
  readonly name: string;
}

/** Exit statuses of iscsiadm (iscsiadm(8)) that are no fault: done, or so already. */
const DONE = new Set([0, 15]);
/** No session, no record. */
const NOTHING_THERE = new Set([0, 2, 21]);
const EVERY_STATUS = Array.from({ length: 64 }, (_, status) => status);

const REACH = 'Can this host reach the data services address of the cluster?';
const FAULTS: Readonly<Record<number, { readonly code: ErrorCode; readonly advice?: string }>> = {
  4: { code: 'unreachable', advice: REACH },
  8: { code: 'unreachable', advice: REACH },
  // What no attempt could connect to is told as a time-out.
  11: { code: 'unreachable', advice: REACH },
  12: { code: 'unsupported', advice: 'The kernel has no iSCSI: modprobe iscsi_tcp has to succeed.' },
  13: { code: 'permission-denied', advice: 'Only root can do this.' },
  18: { code: 'unavailable', advice: 'Is iscsid running? systemctl enable --now iscsid' },
  20: { code: 'unavailable', advice: 'Is iscsid running? systemctl enable --now iscsid' },
  24: {
    code: 'unauthenticated',
    advice:
      'The CHAP secret is another one than the attachment was made with: detach the volume and attach it again.',
  },
};

/** Sessions with iSCSI targets by open-iscsi. Portals that redirect (as Nutanix's do) are followed by it and the kernel. */
export class Initiator {
  readonly #tools: NodeTools;
  readonly #records: TargetRecords;

  constructor(tools: NodeTools) {
    this.#tools = tools;
    this.#records = new TargetRecords(tools.paths.iscsiRecords);
  }

  /** Makes sure that there is a session with each target of the disk's volume, and that its disks are seen. */
  async logIn(disk: IscsiDiskAddress, signal: AbortSignal): Promise<void> {
    const attempted = `log in to the iSCSI target of ${disk.targetName} at ${disk.portal}`;
    const sessions = await this.#sessionsOf(disk);
    const live = sessions.filter(({ isLoggedIn }) => isLoggedIn);
    for (const { id } of live) {
      await this.#iscsiadm(['--mode', 'session', '-r', id, '--rescan'], DONE, attempted, signal);
    }
    if (live.length > 0) return;
    // A session that the kernel tries to get back does so with what it signed in with: perhaps a secret of before.
    for (const { target } of sessions) await this.#logOutOf(target, attempted, signal);
    const username = (await identifyNode(this.#tools.paths)).initiatorName;
    if (username === undefined) throw noInitiator(attempted);
    const chap = disk.chapSecret === undefined ? undefined : { username, secret: disk.chapSecret };
    for (const { portal, name } of await this.#discover(disk, attempted, signal)) {
      const record = ['--mode', 'node', '-T', name, '-p', portal];
      await this.#iscsiadm([...record, '-o', 'new'], DONE, attempted, signal);
      await this.#records.configure(name, chap, attempted);
      await this.#iscsiadm([...record, '--login'], DONE, attempted, signal);
    }
  }

  /** Ends the sessions with the disk's targets, and forgets their records; `conflict` while a device of them is used. */
  async logOut(disk: IscsiDiskAddress, signal: AbortSignal): Promise<void> {
    const attempted = `log out of the iSCSI target of ${disk.targetName}`;
    const sessions = (await this.#sessionsOf(disk)).map(({ target }) => target);
    const records = (await this.#records.targets()).filter((name) => namesTarget(name, disk.targetName));
    for (const target of new Set([...sessions, ...records])) await this.#logOutOf(target, attempted, signal);
  }

  async #logOutOf(target: string, attempted: string, signal: AbortSignal): Promise<void> {
    for (const device of await devicesOf(target, this.#tools.devices)) await demandUnused(device, attempted);
    const node = ['--mode', 'node', '-T', target];
    await this.#iscsiadm([...node, '--logout'], NOTHING_THERE, attempted, signal);
    await this.#iscsiadm([...node, '-o', 'delete'], NOTHING_THERE, attempted, signal);
  }

  async #sessionsOf(disk: IscsiDiskAddress): Promise<readonly TargetSession[]> {
    return (await readSessions(this.#tools.paths.sys)).filter(({ target }) =>
      namesTarget(target, disk.targetName),
    );
  }

  /** Asks the portal which targets this host may see, without keeping records of all of them. */
  async #discover(
    disk: IscsiDiskAddress,
    attempted: string,
    signal: AbortSignal,
  ): Promise<readonly ListedTarget[]> {
    const how = ['--mode', 'discoverydb', '-t', 'sendtargets', '-o', 'nonpersistent', '--discover'];
    const accepted = new Set([0, 21]);
    const stdout = await this.#iscsiadm([...how, '-p', disk.portal], accepted, attempted, signal);
    const listed = stdout.split('\n').flatMap((line): ListedTarget[] => {
      const [portal = '', name = ''] = line.trim().split(/\s+/);
      return name === '' ? [] : [{ portal, name }];
    });
    const ours = listed.filter(({ name }) => namesTarget(name, disk.targetName));
    if (ours.length > 0) return ours;
    const problem = `the portal lists ${listed.length} targets to this host, and none of that name`;
    const advice =
      'Is the volume attached to the initiator name of this host (/etc/iscsi/initiatorname.iscsi)?';
    throw new OperationError({ code: 'not-found', attempted, problem, advice });
  }

  async #iscsiadm(
    args: readonly string[],
    done: ReadonlySet<number>,
    attempted: string,
    signal: AbortSignal,
  ): Promise<string> {
    const request = { program: 'iscsiadm', args, attempted, signal, answers: EVERY_STATUS } as const;
    const { status, stdout, stderr } = await this.#tools.runner.run(request);
    if (done.has(status)) return stdout;
    const { code, advice } = FAULTS[status] ?? { code: 'task-failed' };
    const said = stderr.trim() === '' ? stdout.trim() : stderr.trim();
    const problem = `${said} (iscsiadm: exit status ${status})`;
    throw new OperationError({ code, attempted, problem, advice });
  }
}

function noInitiator(attempted: string): OperationError {
  const problem = 'this host has no iSCSI initiator name (/etc/iscsi/initiatorname.iscsi)';
  const advice = installAdvice('iscsiadm');
  return new OperationError({ code: 'unsupported', attempted, problem, advice });
}
