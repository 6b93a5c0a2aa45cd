import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseAge } from '../orphans/verdict.js';
import { deleteOrphans, labelOf } from '../orphans/delete-orphans.js';
import { findOrphans, type OrphanContext, type OrphanSearch } from '../orphans/find-orphans.js';
import { orphanRows, nothingFound } from '../orphans/rows.js';
import { stillOwned } from '../hosts/ownership/still-owned.js';
import type { Fleet } from '../declaration/fleet.js';
import { FleetRecord } from '../store/fleet-record.js';
import { tellStillOwned } from './questions.js';
import { connectionTarget } from '../declaration/prism-central.js';
import { printable, type Reporter, type Row } from '../context/reporter.js';
import { MachineStore } from '../store/machine-store.js';
import { hasCode } from '../../support/index.js';
import { reporterFor } from './open-fleet.js';
import { EXIT, type FleetRuntime } from './fleet-runtime.js';

interface OrphanOptions {
  readonly file?: string | undefined;
  readonly json?: boolean | undefined;
  readonly delete?: boolean | undefined;
  readonly yes?: boolean | undefined;
  /** ms */
  readonly olderThan: number;
  readonly madeBy?: string | undefined;
  readonly store?: readonly string[] | undefined;
}

/** The command's first name is an alias; what is printed as JSON under it keeps the words of that name. */
const FORMER_NAME = 'leftovers';

/** `orphans`: VMs with our ownership tag that no machine store knows; with --delete they are deleted. */
export function addOrphans(program: Command, runtime: FleetRuntime, exit: (code: number) => void): void {
  program
    .command('orphans')
    .alias(FORMER_NAME)
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
    .action(async (options: OrphanOptions) => exit(await orphansCommand(runtime, options)));
}

async function orphansCommand(runtime: FleetRuntime, options: OrphanOptions): Promise<number> {
  const { ask, complain, environment, stop } = runtime;
  if (options.delete === true && options.yes !== true && ask === undefined) {
    complain('orphans --delete asks before it deletes anything; without a terminal it needs --yes');
    return EXIT.badFile;
  }
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  const target = await connectionTarget(options.file, environment, warn).catch((error: unknown) => {
    if (!hasCode(error, 'invalid-input')) throw error;
    complain(error.message);
  });
  if (target === undefined) return EXIT.badFile;
  const reporter = reporterFor(runtime, options.json === true);
  for (const text of warnings) reporter.warn(text);
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (line: string) => reporter.warn(line),
  };
  const store = MachineStore.of(environment).folder;
  const stores = [store, ...(options.store ?? [])];
  try {
    const cloud = await runtime.connect(target.connection, logger, store);
    const { olderThan, madeBy } = options;
    const context = { cloud, stores, olderThan, madeBy, now: () => new Date(), stop };
    const code = await report(runtime, context, options, reporter).finally(() => cloud.close());
    if (target.fleet !== undefined) await tellOwned(target.fleet, new MachineStore(store), reporter);
    return code;
  } finally {
    reporter.close();
  }
}

/** A machine store knows hosts that left the file, so they are no orphans, and yet they may be unwanted. */
async function tellOwned(fleet: Fleet, store: MachineStore, reporter: Reporter): Promise<void> {
  const record = await FleetRecord.open(store.folder, fleet.name);
  tellStillOwned({ fleet, reporter }, await stillOwned({ fleet, store, record }), false);
}

async function report(
  runtime: FleetRuntime,
  context: OrphanContext,
  options: OrphanOptions,
  reporter: Reporter,
): Promise<number> {
  const search = await findOrphans(context);
  const rows = orphanRows(search.judged, context.now(), options.json === true);
  if (options.json === true && runtime.args[0] === FORMER_NAME) {
    reporter.table(FORMER_NAME, rows.map(inFormerWords));
  } else if (rows.length > 0 || options.json === true) reporter.table('orphans', rows);
  for (const doubt of doubtsOf(search)) reporter.warn(doubt);
  const orphans = search.judged.filter(({ verdict }) => verdict === 'orphan').map(({ vm }) => vm);
  if (orphans.length === 0) {
    reporter.note(nothingFound(search));
    return EXIT.ok;
  }
  if (options.delete !== true) {
    const count = orphans.length === 1 ? '1 orphan' : `${orphans.length} orphans`;
    reporter.note(`${count}. Another store may know them: ask who made them, then --delete.`);
    return EXIT.failed;
  }
  if (search.known.missing.length > 0 || search.known.unreadable.length > 0) {
    reporter.warn('nothing was deleted: what the stores know is not certain');
    return search.known.missing.length > 0 ? EXIT.badFile : EXIT.failed;
  }
  if (options.yes !== true && !(await confirmed(runtime, orphans.map(labelOf)))) {
    reporter.warn('nothing was deleted');
    return EXIT.failed;
  }
  const fates = await deleteOrphans(context, orphans, reporter);
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

/** A row as programs know it that call the command by its former name. */
function inFormerWords(row: Row): Row {
  return row['verdict'] === 'orphan' ? { ...row, verdict: 'leftover', reason: 'leftover' } : row;
}

/** Why the verdicts may be wrong. */
function doubtsOf({ known: { missing, unreadable } }: OrphanSearch): string[] {
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

async function confirmed({ ask }: FleetRuntime, labels: readonly string[]): Promise<boolean> {
  const more = labels.length - MOST_NAMES;
  const names = `${labels.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  // Any user of Prism may give a VM a name that would move the cursor.
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
