import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseAge } from '../orphans/age.js';
import { deleteLeftovers, labelOf } from '../orphans/delete.js';
import { lookForLeftovers, type LeftoverContext, type Look } from '../orphans/find-orphans.js';
import { leftoverRows, nothingFound } from '../orphans/rows.js';
import { stillOwned } from '../hosts/ownership/still-owned.js';
import type { Fleet } from '../declaration/fleet.js';
import { FleetRecord } from '../store/fleet-record.js';
import { tellStillOwned } from './ask-to-prune.js';
import { connectionTarget } from '../declaration/prism-central.js';
import { printable, type Reporter } from '../context/reporter.js';
import { MachineStore } from '../store/machine-store.js';
import { hasCode } from '../../support/index.js';
import { reporterFor } from './open-fleet.js';
import { EXIT, type FleetSurroundings } from './environment.js';

interface LeftoverOptions {
  readonly file?: string | undefined;
  readonly json?: boolean | undefined;
  readonly delete?: boolean | undefined;
  readonly yes?: boolean | undefined;
  /** ms */
  readonly olderThan: number;
  readonly madeBy?: string | undefined;
  readonly store?: readonly string[] | undefined;
}

/** `leftovers`: VMs with our marks that no machine store knows; with --delete they are deleted. */
export function addLeftovers(
  program: Command,
  surroundings: FleetSurroundings,
  exit: (code: number) => void,
): void {
  program
    .command('leftovers')
    .description('VMs that the driver made and no machine store knows')
    .helpOption('--help', 'print this text')
    .option(
      '-f, --file <file>',
      'the declaration that names Prism Central (default: hosts.yaml, if there is one)',
    )
    .option('--json', 'print events and results as JSON, one object on a line')
    .option('--delete', 'delete them, after asking')
    .option('--yes', 'do not ask')
    .addOption(
      new Option('--older-than <age>', 'leave younger ones alone: 90s, 30m, 2h, 1d')
        .argParser(ageFrom)
        .default(3_600_000, '1h'),
    )
    .option('--made-by <who>', 'only what user@computer made; * stands for anything')
    .option('--store <folder>', 'one more machine store whose machines are known; may be repeated', added)
    .action(async (options: LeftoverOptions) => exit(await leftoversCommand(surroundings, options)));
}

async function leftoversCommand(surroundings: FleetSurroundings, options: LeftoverOptions): Promise<number> {
  const { ask, complain, environment, stop } = surroundings;
  if (options.delete === true && options.yes !== true && ask === undefined) {
    complain('leftovers --delete asks before it deletes anything; without a terminal it needs --yes');
    return EXIT.badFile;
  }
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  const target = await connectionTarget(options.file, environment, warn).catch((error: unknown) => {
    if (!hasCode(error, 'invalid-input')) throw error;
    complain(error.message);
  });
  if (target === undefined) return EXIT.badFile;
  const reporter = reporterFor(surroundings, options.json === true);
  for (const text of warnings) reporter.warn(text);
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (line: string) => reporter.warn(line),
  };
  const store = MachineStore.of(environment).folder;
  const stores = [store, ...(options.store ?? [])];
  try {
    const cloud = await surroundings.connect(target.connection, logger, store);
    const { olderThan, madeBy } = options;
    const context = { cloud, stores, olderThan, madeBy, now: () => new Date(), stop };
    const code = await report(surroundings, context, options, reporter).finally(() => cloud.close());
    if (target.fleet !== undefined) await tellOwned(target.fleet, new MachineStore(store), reporter);
    return code;
  } finally {
    reporter.close();
  }
}

/** A machine store knows hosts that left the file, so they are no leftovers, and yet nobody may want them. */
async function tellOwned(fleet: Fleet, store: MachineStore, reporter: Reporter): Promise<void> {
  const record = await FleetRecord.open(store.folder, fleet.name);
  tellStillOwned({ fleet, reporter }, await stillOwned({ fleet, store, record }), false);
}

async function report(
  surroundings: FleetSurroundings,
  context: LeftoverContext,
  options: LeftoverOptions,
  reporter: Reporter,
): Promise<number> {
  const look = await lookForLeftovers(context);
  const rows = leftoverRows(look.judged, context.now(), options.json === true);
  if (rows.length > 0 || options.json === true) reporter.table('leftovers', rows);
  for (const doubt of doubtsOf(look)) reporter.warn(doubt);
  const leftovers = look.judged.filter(({ verdict }) => verdict === 'leftover').map(({ vm }) => vm);
  if (leftovers.length === 0) {
    reporter.note(nothingFound(look));
    return EXIT.ok;
  }
  if (options.delete !== true) {
    reporter.note(
      `${vms(leftovers.length)} left over. Another store may know them: ask who made them, then --delete.`,
    );
    return EXIT.failed;
  }
  if (look.known.missing.length > 0 || look.known.unreadable.length > 0) {
    reporter.warn('nothing was deleted: what the stores know is not certain');
    return look.known.missing.length > 0 ? EXIT.badFile : EXIT.failed;
  }
  if (options.yes !== true && !(await confirmed(surroundings, leftovers.map(labelOf)))) {
    reporter.warn('nothing was deleted');
    return EXIT.failed;
  }
  const fates = await deleteLeftovers(context, leftovers, reporter);
  const count = (fate: string | undefined): number => fates.filter((one) => one === fate).length;
  reporter.note(
    `${vms(count('deleted'))} deleted, ${count('left alone')} left alone, ${count('failed')} failed.`,
  );
  if (context.stop.aborted) {
    reporter.warn(`interrupted; ${count(undefined)} not begun, and what failed may still be deleted`);
    return EXIT.interrupted;
  }
  return count('failed') === 0 ? EXIT.ok : EXIT.failed;
}

/** Why the verdicts may be wrong. */
function doubtsOf({ known: { missing, unreadable } }: Look): string[] {
  return [
    ...missing.map(
      (store) =>
        `there is no machine store ${store} (MACHINE_STORAGE_PATH, --store): every VM looks forgotten. ` +
        `If it is meant to be empty, make its folder "machines".`,
    ),
    ...unreadable.map(
      (path) => `${path} cannot be understood, so its VM may be among these: mend it or remove it`,
    ),
  ];
}

function vms(count: number): string {
  return count === 1 ? '1 VM' : `${count} VMs`;
}

/** More names than this do not help to decide; the table has all of them. */
const MOST_NAMES = 10;

async function confirmed({ ask }: FleetSurroundings, labels: readonly string[]): Promise<boolean> {
  const more = labels.length - MOST_NAMES;
  const names = `${labels.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  // Anybody may name a VM, also so that it moves the cursor.
  const answer = await ask?.(`Delete ${printable(names)} with all that is on them? Type yes: `);
  return answer?.trim().toLowerCase() === 'yes';
}

function ageFrom(text: string): number {
  const ms = parseAge(text);
  if (ms === undefined) throw new InvalidArgumentError('It is a number with s, m, h or d, e.g. 30m.');
  return ms;
}

function added(folder: string, before: readonly string[] = []): readonly string[] {
  return [...before, folder];
}
