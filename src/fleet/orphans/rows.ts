import type { Row } from '../context/reporter.js';
import { spokenAge, type Judged } from './verdict.js';
import { shortId } from './delete-orphans.js';
import type { OrphanSearch } from './find-orphans.js';

/** What is shown, oldest first: all but the VMs that a store knows. `complete`: for programs, nothing ellipsized. */
export function orphanRows(judged: readonly Judged[], now: Date, complete: boolean): Row[] {
  return judged
    .filter(({ verdict }) => verdict !== 'known')
    .toSorted((a, b) => (a.vm.madeAt?.getTime() ?? 0) - (b.vm.madeAt?.getTime() ?? 0))
    .map((one) => (complete ? completeRow(one) : shortRow(one, now)));
}

function shortRow({ vm, reason }: Judged, now: Date): Row {
  const { id, name, power, madeAt, machineName, origin, account } = vm;
  return {
    vm: name,
    id: shortId(id),
    power,
    made: madeAt === undefined ? undefined : `${spokenAge(now.getTime() - madeAt.getTime())} ago`,
    machine: machineName,
    by: origin ?? account,
    verdict: reason,
  };
}

function completeRow({ vm, verdict, reason }: Judged): Row {
  const { id, name, power, madeAt, machineName, origin, account, creationToken } = vm;
  const made = madeAt?.toISOString();
  const what = { vm: name, id, power, made, machine: machineName, origin, account };
  // Programs read this word.
  return { ...what, creationKey: creationToken, verdict, reason };
}

export function nothingFound({ judged }: OrphanSearch): string {
  const known = judged.filter(({ verdict }) => verdict === 'known').length;
  return `No orphans. VMs with our ownership tag: ${judged.length}; known to the machine stores: ${known}.`;
}
