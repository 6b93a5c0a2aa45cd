import { join } from 'node:path';
import { entriesOf, textIn, type BlockDevices } from '../devices/block-devices.js';

/** A session of this host with an iSCSI target, as sysfs shows it. */
export interface TargetSession {
  /** The kernel's number. */
  readonly id: string;
  readonly target: string;
  /** False while the kernel tries to get it back. */
  readonly isLoggedIn: boolean;
}

export async function readSessions(sys: string): Promise<readonly TargetSession[]> {
  const folder = join(sys, 'class/iscsi_session');
  const sessions = await Promise.all(
    (await entriesOf(folder)).map(async (name) => ({
      id: name.replace(/^session/, ''),
      target: await textIn(join(folder, name, 'targetname')),
      isLoggedIn: (await textIn(join(folder, name, 'state'))) === 'LOGGED_IN',
    })),
  );
  return sessions.flatMap(({ target, ...session }) => (target === undefined ? [] : [{ ...session, target }]));
}

/** Paths of the devices that a target's sessions have brought. */
export async function devicesOf(target: string, devices: BlockDevices): Promise<readonly string[]> {
  const found = (await devices.list()).filter((device) => device.iscsiTarget === target);
  const names = new Set(found.map(({ name, multipath }) => multipath ?? name));
  return await Promise.all([...names].map(async (name) => await devices.pathOf(name)));
}
