import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasSystemCode } from '../support/index.js';

/** Whether a process, or with a negative number a process group, exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, as another user.
    return hasSystemCode(error, 'EPERM');
  }
}

/** When a process began, in clock ticks since boot (proc(5), stat, field 22); undefined where there is no /proc. */
export function startOf(pid: number): string | undefined {
  return fieldsFromState(pid)[19];
}

/** Whether a process has ended and only waits for its parent to ask how: it does nothing and holds nothing any more. */
function isZombie(pid: number): boolean {
  return ['Z', 'X'].includes(fieldsFromState(pid)[0] ?? '');
}

/** /proc/PID/stat from its third field on, the state; empty where there is no such process, or no /proc. */
function fieldsFromState(pid: number): readonly string[] {
  const text = textOf(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may contain blanks and parentheses.
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** The command line of a process, words separated by blanks; undefined when it cannot be known. */
export function commandLineOf(pid: number): string | undefined {
  const text = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return text === '' ? undefined : text;
}

/** Sends a signal to a process group; one that is gone is no fault. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}

/**
 * This process, named so that another process can tell later whether it still runs:
 * `MACHINE/BOOT/PID-NAMESPACE/PID/START`. A part that the system does not tell is empty.
 */
export function processIdentity(): string {
  return [machine(), boot(), pidNamespace(), process.pid, startOf(process.pid) ?? ''].join('/');
}

/**
 * True when the process of this name (see `processIdentity`) certainly does not run any more: same machine, and it was
 * started before the last boot, or it is a zombie, or its number is free or was given to another process. Of a process on another
 * machine, or in another container, nothing is known.
 */
export function hasEnded(identity: string): boolean {
  const [machineOf, bootOf, , pid = '', start] = identity.split('/');
  if (machineOf !== machine() || !/^\d+$/.test(pid)) return false;
  if (bootOf !== boot()) return true;
  if (!isInSight(identity)) return false;
  return !isAlive(Number(pid)) || isZombie(Number(pid)) || (startOf(Number(pid)) ?? '') !== start;
}

/** Whether a process of this name can be seen from here, as long as it runs: one of this machine and container. */
export function isInSight(identity: string): boolean {
  const [machineOf, bootOf, namespaceOf] = identity.split('/');
  return machineOf === machine() && bootOf === boot() && namespaceOf === pidNamespace();
}

function machine(): string {
  return (textOf('/etc/machine-id').trim() || hostname()).replaceAll('/', '-');
}

function boot(): string {
  return textOf('/proc/sys/kernel/random/boot_id').trim();
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
