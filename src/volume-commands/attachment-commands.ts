import { OperationError } from '../support/index.js';
import { referenceTo, withVolumes, type SharedOptions } from './command-session.js';
import { jsonText, snapshotJson, snapshotTable, withJson } from './output.js';
import type { AddCommand } from './volume-life.js';
import type { CommandRuntime } from './volume-runtime.js';

interface NodeOptions extends SharedOptions {
  readonly node?: string | undefined;
}

/** snapshot create, ls, rm. */
export function addSnapshots(add: AddCommand, { runtime }: { readonly runtime: CommandRuntime }): void {
  const { print } = runtime;
  withJson(add('create', 'keep the present state of a volume'))
    .argument('<volume>', 'name or id')
    .argument('<name>', 'of the snapshot')
    .action(async (volume: string, name: string, options: SharedOptions) => {
      const attempted = `make snapshot "${name}" of volume "${volume}"`;
      const made = await withVolumes(runtime, options, attempted, ({ service, context }) =>
        service.createSnapshot(referenceTo(volume), name, context),
      );
      print(options.json === true ? jsonText(snapshotJson(made)) : snapshotTable([made]));
    });
  withJson(add('ls', 'list snapshots'))
    .argument('[volume]', 'of this volume alone')
    .action(async (volume: string | undefined, options: SharedOptions) => {
      const listed = await withVolumes(runtime, options, 'list snapshots', ({ service, context }) =>
        service.listSnapshots(volume === undefined ? undefined : referenceTo(volume), context),
      );
      print(options.json === true ? jsonText(listed.map(snapshotJson)) : snapshotTable(listed));
    });
  add('rm', 'delete snapshots')
    .argument('<id...>', 'ids of snapshots')
    .action(async (ids: readonly string[], options: SharedOptions) => {
      await withVolumes(runtime, options, 'delete snapshots', async ({ service, context }) => {
        for (const id of ids) await service.deleteSnapshot(id, context);
      });
    });
}

/** attach, detach. */
export function addAttachment(add: AddCommand, runtime: CommandRuntime): void {
  const verbs = [
    ['attach', 'give a host a volume as a disk; a dead holder is fenced first'],
    ['detach', 'take a volume away from a host; what the host has not written yet is lost'],
  ] as const;
  for (const [verb, help] of verbs) {
    add(verb, help)
      .argument('<volume>', 'name or id')
      .option('--node <id>', 'another host, as vm/<VM id> or iqn/<initiator name>; default: this one')
      .action(async (name: string, options: NodeOptions) => {
        const { node } = options;
        const attempted = `${verb} volume "${name}"`;
        if (node !== undefined && !/^(?:vm|iqn)\/\S+$/.test(node)) {
          const problem = `--node must be vm/<VM id> or iqn/<initiator name>, not "${node}"`;
          throw new OperationError({ code: 'invalid-input', attempted, problem });
        }
        await withVolumes(runtime, options, attempted, async ({ service, context }) => {
          await service[verb](referenceTo(name), node ?? (await service.nodeId()), context);
        });
      });
  }
}
