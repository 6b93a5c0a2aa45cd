import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasSystemCode } from '../../../support/index.js';

/** A process, named so that another process can tell later whether it still runs. */
export interface Owner {
  /** `MACHINE/BOOT/PID-NAMESPACE/PID/STARTED`; a part that the system does not tell is empty. */
  readonly text: string;
}

/** This process. */
export function thisOwner(): Owner {
  return { text: [machine(), boot(), pidNamespace(), process.pid, startOf(process.pid)].join('/') };
}

/**
 * True when the owner certainly does not run any more: same machine, and it was started before the last boot,
 * or its process id is free or was given to another process. Owners elsewhere are left alone.
 */
export function isGone(text: string): boolean {
  const [machineOf, bootOf, namespaceOf, pid = '', started] = text.split('/');
  if (machineOf !== machine() || !/^\d+$/.test(pid)) return false;
  if (bootOf !== boot()) return true;
  if (namespaceOf !== pidNamespace()) return false;
  return !isAlive(Number(pid)) || startOf(Number(pid)) !== started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return hasSystemCode(error, 'EPERM');
  }
}

function machine(): string {
  return (textOf('/etc/machine-id') || hostname()).replaceAll('/', '-');
}

function boot(): string {
  return textOf('/proc/sys/kernel/random/boot_id');
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Start of a process in clock ticks since boot (proc(5), stat, field 22); empty when unknown. */
function startOf(pid: number): string {
  // The program's name, in parentheses, may contain blanks and parentheses.
  const afterName =
    textOf(`/proc/${String(pid)}/stat`)
      .split(')')
      .pop() ?? '';
  return afterName.trim().split(/\s+/)[19] ?? '';
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
