import type { RecordedHost } from '../../store/fleet-record.js';
import { flagChanges, driftBeside, driftTexts } from './differences.js';
import type { SizeComparison } from '../size/compare-size.js';
import { isSizeFlag, type SizeChange } from '../size/size-drift.js';
import type { HostCondition } from './machine-states.js';

/** What is known of a declared host. */
export interface HostFacts {
  /** Create arguments as declared now. */
  readonly declared: readonly string[];
  readonly record?: RecordedHost | undefined;
  /** Whether the machine store has a folder of this name. */
  readonly stored: boolean;
  /** What the client says of it; undefined = it is not known. */
  readonly state?: HostCondition | undefined;
  /** Who owns its machine instead of this fleet, as a predicate; undefined = this fleet, or there is none. */
  readonly owner?: string | undefined;
  /** What Prism Central says of its size; undefined = it is not known. */
  readonly size?: SizeComparison | undefined;
}

/**
 * remake: what is there is no host (any more), so that nothing is lost. replace: a host that works is taken away for
 * a new one, with all that is on it. resize: its CPU and memory are changed where they are. differs: it works and stays, though the file says something else.
 */
export type Action = 'keep' | 'create' | 'remake' | 'start' | 'replace' | 'resize' | 'differs' | 'refuse';

export interface HostDecision {
  readonly action: Action;
  /** Why, for a user. */
  readonly reason: string;
  /** What is not as declared afterwards either. */
  readonly remains?: string | undefined;
  /** With `resize`: what changes; undefined = the VM has its new size already. */
  readonly size?: SizeChange | undefined;
}

export interface PlanOptions {
  /** Replace hosts whose declaration has changed. */
  readonly recreate: boolean;
  /** Change CPU and memory of hosts where they are. */
  readonly resize?: boolean | undefined;
}

/** States of a machine that runs, or that a start makes run. */
const USABLE: readonly string[] = ['Running', 'Stopped', 'Saved'];

/** What apply does about one host. A pure function: the table of its cases is its test. */
export function decide(facts: HostFacts, options: PlanOptions): HostDecision {
  const { record, stored, declared, state, owner = 'was not made by this tool' } = facts;
  if (record === undefined) {
    if (!stored) return { action: 'create', reason: 'is not there' };
    if (state?.vm?.is === 'gone') {
      return { action: 'refuse', reason: `its VM is gone, and it ${owner}: remove it by hand` };
    }
    return state?.state === 'Stopped'
      ? { action: 'refuse', reason: `is stopped, and ${owner}: start it by hand` }
      : { action: 'keep', reason: `is there, and ${owner}` };
  }
  if (record.phase === 'creating') return { action: 'remake', reason: 'is half made' };
  if (!stored) return { action: 'create', reason: 'was removed by hand' };
  if (state?.vm?.is === 'gone') return { action: 'remake', reason: 'its VM is gone' };
  const trouble = state === undefined || USABLE.includes(state.state) ? undefined : troubleOf(state);
  const changes = flagChanges(record.arguments, declared);
  const what = changes.map(({ text }) => text).join(', ');
  const onlySize = changes.every(({ flag }) => isSizeFlag(flag));
  const drift = driftBeside(changes, facts.size);
  if (trouble === undefined && options.resize === true && onlySize) {
    const resized = resizing(facts, what);
    const disks = drift.filter(({ flag }) => flag === undefined);
    if (resized !== undefined) return { ...resized, remains: spoken(driftTexts(disks)) };
  }
  if (what !== '' && options.recreate && trouble === undefined) {
    const hint = onlySize ? '; --resize changes it without loss' : '';
    return { action: 'replace', reason: `${what}${hint}` };
  }
  const way = onlySize ? '--resize changes it' : '--recreate replaces it';
  const changed = what === '' ? [] : [`was made differently (${what}): apply ${way}`];
  const remains = spoken([...changed, ...driftTexts(drift)]);
  if (trouble !== undefined) {
    return { action: 'refuse', reason: remains === undefined ? trouble : `${trouble}; ${remains}` };
  }
  if (state !== undefined && state.state !== 'Running') {
    return { action: 'start', reason: 'is stopped', remains };
  }
  if (remains !== undefined) return { action: 'differs', reason: remains, remains };
  return { action: 'keep', reason: 'is as declared' };
}

function spoken(texts: readonly string[]): string | undefined {
  return texts.length === 0 ? undefined : texts.join('; ');
}

/** undefined = nothing is to be resized. */
function resizing({ size, state }: HostFacts, what: string): HostDecision | undefined {
  if (size?.is === 'absent' && what !== '') {
    return { action: 'refuse', reason: `its size cannot be read (${what}): its VM is not there` };
  }
  if (size?.is === 'unknown' && what !== '') {
    return { action: 'refuse', reason: `its size cannot be read (${what}): ${size.reason}` };
  }
  if (size?.is !== 'known' || (size.change === undefined && what === '')) return undefined;
  const { change } = size;
  if (change === undefined) return { action: 'resize', reason: 'has its new size already' };
  const runs = state?.state === 'Running';
  const how = !runs ? 'while it is off' : change.needsStop ? 'it is stopped for that' : 'while it runs';
  return { action: 'resize', reason: `${change.text}; ${how}`, size: change };
}

/** Why a machine that does not run can be neither started nor taken for lost. */
export function troubleOf({ state, error, vm }: HostCondition): string {
  const doubt = vm?.is === 'unknown' ? `; whether its VM exists is not known: ${vm.reason}` : '';
  const word = state === '' ? 'in an unknown state' : state;
  return `is ${word}${error === '' ? '' : `: ${error}`}${doubt}`;
}
