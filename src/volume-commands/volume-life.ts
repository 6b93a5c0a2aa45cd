import type { Command } from 'commander';
import { OperationError } from '../support/index.js';
import { OPTION_TEXTS, parseSize, volumeOptionsFrom, type VolumeOptions } from '../volume/index.js';
import { referenceTo, withVolumes, type CommandSession, type SharedOptions } from './command-session.js';
import { jsonText, removedTable, volumeJson, volumeTable, withJson } from './output.js';
import { VOLUME_EXIT, type CommandRuntime } from './volume-runtime.js';

/** Adds a command with the options that all have; `readsSettings` is true unless it says otherwise. */
export type AddCommand = (
  name: string,
  description: string,
  how?: { readonly readsSettings?: boolean },
) => Command;
export type Finish = (code: number) => void;

interface CreateOptions extends SharedOptions {
  readonly opt?: readonly string[] | undefined;
}

/** Names that only other plugins' users know; here `-o` takes them. */
const FOREIGN = new Set(['sizeMb', 'sizeInGiB']);
/** Options by which a volume begins with something: a copy begins with its original. */
const ORIGINALS = new Set(['from', 'from-snapshot', 'import']);

/** ls, inspect, create, clone, grow, rm, restore, purge. */
export function addVolumeLife(add: AddCommand, runtime: CommandRuntime, finish: Finish): void {
  const { print } = runtime;
  withJson(add('ls', 'list volumes and who holds them'))
    .option('--removed', 'volumes that were removed and are kept for their grace time')
    .action(async (options: SharedOptions & { readonly removed?: boolean }) => {
      const { removed = false } = options;
      const volumes = await withVolumes(runtime, options, 'list volumes', ({ service, context }) =>
        service.list({ removed }, context),
      );
      if (options.json === true) print(jsonText(volumes.map(volumeJson)));
      else print(removed ? removedTable(volumes) : volumeTable(volumes));
    });
  withJson(add('inspect', 'show volumes, always as JSON'))
    .argument('<volume...>', 'names or ids')
    .action(async (names: readonly string[], options: SharedOptions) => {
      const found = await withVolumes(runtime, options, 'inspect', async ({ service, context }) => {
        const each = await Promise.all(
          names.map(async (name) => ({ name, volume: await service.find(referenceTo(name), context) })),
        );
        for (const { name } of each.filter(({ volume }) => volume === undefined)) {
          runtime.log.warn(`there is no volume "${name}"`);
          finish(VOLUME_EXIT.failed);
        }
        return each.flatMap(({ volume }) => volume ?? []);
      });
      print(jsonText(found.map(volumeJson)));
    });
  withVolumeOptions(add('create', 'make a volume; one that exists and is as asked is success'))
    .argument('<name>', 'of the volume')
    .action(async (name: string, options: CreateOptions) => {
      await ensure(runtime, options, name, optionsOf(options, `create volume "${name}"`));
    });
  withVolumeOptions(add('clone', 'make a volume that begins as a copy of another one'), ORIGINALS)
    .argument('<source>', 'name or id of the volume to copy')
    .argument('<name>', 'of the new volume')
    .action(async (from: string, name: string, options: CreateOptions) => {
      const attempted = `clone volume "${from}" as "${name}"`;
      const wanted = optionsOf(options, attempted);
      if (wanted.from !== undefined || wanted.fromSnapshot !== undefined || wanted.import !== undefined)
        throw unfit(attempted, `it begins as a copy of ${from} and of nothing else: see -o`);
      await ensure(runtime, options, name, { ...wanted, from });
    });
  withJson(add('grow', 'make a volume larger, also while it is mounted here'))
    .argument('<volume>', 'name or id')
    .argument('<size>', 'its new size, such as 40G')
    .action(async (name: string, text: string, options: SharedOptions) => {
      const attempted = `grow volume "${name}"`;
      const size = parseSize(text);
      if (size === undefined) throw unfit(attempted, `"${text}" is no size; one is 40G, 512M or 1.5T`);
      const grown = await withVolumes(runtime, options, attempted, ({ service, context }) =>
        service.grow(referenceTo(name), size, context),
      );
      print(options.json === true ? jsonText(volumeJson(grown)) : volumeTable([grown]));
    });
  addEnds(add, runtime);
}

/** rm, restore, purge. */
function addEnds(add: AddCommand, runtime: CommandRuntime): void {
  const { print } = runtime;
  withJson(add('rm', 'remove volumes; their data is kept for the grace time, and restore brings it back'))
    .argument('<volume...>', 'names or ids')
    .option('--delete', 'delete the data at once, after asking')
    .option('--keep', 'keep the data whatever the volume or the policy says')
    .option('--yes', 'do not ask')
    .action(async (names: readonly string[], options: SharedOptions & Ending) => {
      if (options.delete === true && options.keep === true)
        throw unfit('remove', '--delete and --keep exclude one another');
      const how = options.delete === true ? 'delete' : options.keep === true ? 'keep' : undefined;
      if (how === 'delete')
        await confirmed(runtime, options, names, `Delete ${names.join(', ')} and all data?`);
      const removed: string[] = [];
      const remove = async ({ service, context }: CommandSession): Promise<void> => {
        for (const name of names) {
          // Success for a script, but a user may have mistyped it.
          if ((await service.find(referenceTo(name), context)) === undefined) {
            runtime.log.warn(`there is no volume "${name}"; nothing was removed`);
            continue;
          }
          await service.remove(referenceTo(name), how, context);
          removed.push(name);
          if (options.json !== true) print(`${name}\n`);
        }
      };
      await withVolumes(runtime, options, 'remove', remove);
      if (options.json === true) print(jsonText(removed));
    });
  withJson(add('restore', 'bring a removed volume back'))
    .argument('<volume>', 'name, or id where several of the name were removed')
    .action(async (name: string, options: SharedOptions) => {
      const restored = await withVolumes(
        runtime,
        options,
        `restore volume "${name}"`,
        ({ service, context }) => service.restore(referenceTo(name), context),
      );
      print(options.json === true ? jsonText(volumeJson(restored)) : volumeTable([restored]));
    });
  withJson(add('purge', 'delete removed volumes for good; without a name those whose grace time is over'))
    .argument('[volume...]', 'names or ids of removed volumes, whatever is left of their grace time')
    .option('--yes', 'do not ask')
    .action(async (names: readonly string[], options: SharedOptions & Ending) => {
      if (names.length > 0)
        await confirmed(runtime, options, names, `Delete the data of ${names.join(', ')} for good?`);
      const purged = await withVolumes(runtime, options, 'purge', async ({ service, context }) => {
        if (names.length === 0) return await service.purge(undefined, context);
        const each: string[] = [];
        for (const name of names) each.push(...(await service.purge(referenceTo(name), context)));
        return each;
      });
      print(options.json === true ? jsonText(purged) : purged.map((name) => `${name}\n`).join(''));
    });
}

interface Ending {
  readonly delete?: boolean | undefined;
  readonly keep?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

async function ensure(
  runtime: CommandRuntime,
  options: SharedOptions,
  name: string,
  wanted: VolumeOptions,
): Promise<void> {
  const made = await withVolumes(runtime, options, `create volume "${name}"`, ({ service, context }) =>
    service.ensure(name, wanted, context),
  );
  runtime.print(options.json === true ? jsonText(volumeJson(made)) : volumeTable([made]));
}

function withVolumeOptions(command: Command, without: ReadonlySet<string> = new Set()): Command {
  const taken = OPTION_TEXTS.filter(({ name }) => !without.has(name));
  for (const { name, help, takes } of taken) {
    if (!FOREIGN.has(name)) command.option(`--${name} <value>`, `${help}: ${takes}`);
  }
  const others = taken.flatMap(({ name, aliases }) => [...(FOREIGN.has(name) ? [name] : []), ...aliases]);
  return withJson(command)
    .option('-o, --opt <name=value>', 'the same as docker volume create takes it; may be repeated', collected)
    .addHelpText('after', `\n-o takes names of other plugins, too: ${others.join(', ')}`);
}

function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function optionsOf(options: CreateOptions, attempted: string): VolumeOptions {
  const texts = new Map<string, string>();
  for (const text of options.opt ?? []) {
    const at = text.indexOf('=');
    if (at < 1) throw unfit(attempted, `-o takes NAME=VALUE, not "${text}"`);
    texts.set(text.slice(0, at), text.slice(at + 1));
  }
  const given = new Map<string, unknown>(Object.entries(options));
  for (const { name } of OPTION_TEXTS) {
    const value = given.get(name.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase()));
    if (typeof value !== 'string') continue;
    if (texts.has(name)) throw unfit(attempted, `--${name} and -o ${name} say the same; give one of them`);
    texts.set(name, value);
  }
  return volumeOptionsFrom(Object.fromEntries(texts), attempted);
}

async function confirmed(
  { ask }: CommandRuntime,
  { yes }: Ending,
  names: readonly string[],
  question: string,
): Promise<void> {
  if (yes === true) return;
  const attempted = `delete ${names.join(', ')}`;
  if (ask === undefined) throw unfit(attempted, 'without a terminal there is no one to ask: it needs --yes');
  const answer = await ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new OperationError({ code: 'cancelled', attempted, problem: 'nothing was deleted' });
  }
}

function unfit(attempted: string, problem: string): OperationError {
  return new OperationError({ code: 'invalid-input', attempted, problem });
}
