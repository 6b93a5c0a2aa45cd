import type { HostRecord } from '../store/fleet-record.js';
import type { VmPresence } from './vm-presence.js';

/** What is known of a declared host. */
export interface HostFacts {
  /** Create arguments as declared now. */
  readonly declared: readonly string[];
  readonly record?: HostRecord | undefined;
  /** Whether the machine store has a folder of this name. */
  readonly stored: boolean;
  /** What the client says of it; undefined = it was not asked. */
  readonly state?: MachineState | undefined;
}

/** A machine's state as the client prints it. */
export interface MachineState {
  /** Running, Stopped, …; empty when the driver gave an error. */
  readonly state: string;
  readonly url: string;
  readonly engine: string;
  readonly error: string;
  /** Whether its VM exists, as Prism Central says; undefined = it was not asked, since the machine runs. */
  readonly vm?: VmPresence | undefined;
}

export type Action = 'keep' | 'create' | 'remake' | 'start' | 'refuse';

export interface Decision {
  readonly action: Action;
  /** Why, for a person. */
  readonly reason: string;
}

export interface Wishes {
  /** Make hosts again whose declaration has changed. */
  readonly recreate: boolean;
}

/** What apply does about one host. A pure function: the table of its cases is its test. */
export function decide(facts: HostFacts, { recreate }: Wishes): Decision {
  const { record, stored, declared, state } = facts;
  if (record === undefined) {
    if (!stored) return { action: 'create', reason: 'is not there' };
    if (state?.vm?.is === 'gone') {
      return { action: 'refuse', reason: 'its VM is gone, and this tool did not make it: remove it by hand' };
    }
    return state?.state === 'Stopped'
      ? { action: 'refuse', reason: 'is stopped, and this tool did not make it: start it by hand' }
      : { action: 'keep', reason: 'is there, though not made by this tool' };
  }
  if (record.phase === 'creating') return { action: 'remake', reason: 'is half made' };
  if (!stored) return { action: 'create', reason: 'was removed by someone' };
  if (state?.vm?.is === 'gone') return { action: 'remake', reason: 'its VM is gone' };
  const changes = differences(record.arguments, declared);
  if (changes.length > 0) {
    const what = changes.join(', ');
    if (recreate) return { action: 'remake', reason: `declared differently now: ${what}` };
    return { action: 'refuse', reason: `was made differently (${what}): apply --recreate makes it again` };
  }
  if (state?.state === 'Stopped' || state?.state === 'Saved')
    return { action: 'start', reason: 'is stopped' };
  if (state !== undefined && state.state !== 'Running') {
    return { action: 'refuse', reason: troubleOf(state) };
  }
  return { action: 'keep', reason: 'is as declared' };
}

/** Why a machine that does not run can be neither started nor taken for lost. */
export function troubleOf({ state, error, vm }: MachineState): string {
  const doubt = vm?.is === 'unknown' ? `; whether its VM exists is not known: ${vm.reason}` : '';
  const word = state === '' ? 'in an unknown state' : state;
  return `is ${word}${error === '' ? '' : `: ${error}`}${doubt}`;
}

/** Flags that differ, as `--flag=old -> --flag=new`. */
export function differences(before: readonly string[], now: readonly string[]): string[] {
  const gone = before.filter((argument) => !now.includes(argument));
  const fresh = now.filter((argument) => !before.includes(argument));
  const flags = [...new Set([...gone, ...fresh].map(flagOf))];
  return flags.map((flag) => {
    const values = (list: readonly string[]): string =>
      list
        .filter((argument) => flagOf(argument) === flag)
        .map(valueOf)
        .join('+') || 'none';
    return `${flag.replace(/^--/, '')} ${values(gone)} → ${values(fresh)}`;
  });
}

function flagOf(argument: string): string {
  return argument.split('=', 1)[0] ?? argument;
}

function valueOf(argument: string): string {
  const at = argument.indexOf('=');
  return at < 0 ? 'true' : argument.slice(at + 1);
}
