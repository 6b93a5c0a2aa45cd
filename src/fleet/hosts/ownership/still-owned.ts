import { type FleetRecord, otherRecords } from '../../store/fleet-record.js';
import type { FleetContext } from '../../context/fleet-context.js';
import { ownRecord, type OwnershipContext } from './ownership.js';

/** What another fleet's record still owns. */
export interface OtherFleet {
  readonly fleet: string;
  readonly hosts: readonly string[];
}

/** What this tool made and the file does not declare (any more). */
export interface StillOwned {
  /** By the record of the fleet itself. */
  readonly hosts: readonly string[];
  /** By records of other fleets that were made from the same file: its name has changed there. */
  readonly renamed: readonly OtherFleet[];
}

/** Hosts that left the file and run on. A host whose machine was removed by hand is none. */
export async function stillOwned(
  context: OwnershipContext & Pick<FleetContext, 'fleet'>,
): Promise<StillOwned> {
  const { fleet, store, record } = context;
  const stored = await store.names();
  const declared = new Set(fleet.hosts.map(({ name }) => name));
  const mine = await runningOn({ record, store }, stored);
  const others = (await otherRecords(store.folder, fleet.name)).filter(({ file }) => file === fleet.file);
  const renamed = others.map(async (other): Promise<OtherFleet> => {
    return { fleet: other.fleet, hosts: await runningOn({ record: other, store }, stored) };
  });
  return {
    hosts: mine.filter((name) => !declared.has(name)),
    renamed: (await Promise.all(renamed)).filter(({ hosts }) => hosts.length > 0),
  };
}

/** The hosts of a record that are there, and those that are half made. */
async function runningOn(
  context: { readonly record: FleetRecord; readonly store: FleetContext['store'] },
  stored: ReadonlySet<string>,
): Promise<readonly string[]> {
  const each = context.record.names().map(async (name) => {
    const own = await ownRecord(context, name);
    return own !== undefined && (stored.has(name) || own.phase === 'creating') ? [name] : [];
  });
  return (await Promise.all(each)).flat();
}

/** What the user should know about hosts that left the file, one sentence each. */
export function stillOwnedTexts(
  { hosts, renamed }: StillOwned,
  declared: readonly string[],
): readonly string[] {
  const left =
    hosts.length === 0
      ? []
      : [
          `${listed(hosts)} not in the file any more and still there: "nutanix-hosts apply --prune" removes ` +
            (hosts.length === 1 ? 'it' : 'them'),
        ];
  return [...left, ...renamed.map((other) => renamedText(other, declared))];
}

function renamedText({ fleet, hosts }: OtherFleet, declared: readonly string[]): string {
  const count = hosts.length === 1 ? '1 host' : `${hosts.length} hosts`;
  const known = hosts.filter((name) => declared.includes(name));
  const ways = [
    ...(known.length === 0
      ? []
      : [`"nutanix-hosts adopt ${known.join(' ')}" takes over what the file declares`]),
    `"nutanix-hosts destroy --fleet ${fleet}" removes ${hosts.length === 1 ? 'it' : 'them'}`,
  ];
  return `the fleet ${fleet}, made from this file under its former name, still owns ${count} (${hosts.join(', ')}): ${ways.join(', ')}`;
}

function listed(names: readonly string[]): string {
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
}
