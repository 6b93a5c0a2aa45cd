import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { createStorageNode } from '../node/index.js';
import { hasSystemCode, OperationError, systemClock } from '../support/index.js';
import { createVolumeService, readPolicy, type Policy, type VolumeService } from '../volume/index.js';
import type { Connection } from '../provider/index.js';
import { readSettings, type VolumeSettings } from './config/settings-file.js';
import type { CommandRuntime } from './volume-runtime.js';
import { volumesWhenNeeded } from './when-needed.js';

export interface ServingManner {
  /** True for a process that stays. */
  readonly background: boolean;
  /** Folder below which volumes are mounted; absent = one in the settings' folder. */
  readonly mountFolder?: string | undefined;
  /** True where this host detaches what a controller has attached too. */
  readonly detachesAll?: boolean | undefined;
}

/** The core on this host, as the settings say. Nothing is sent. */
export function openVolumeService(
  runtime: CommandRuntime,
  settings: VolumeSettings,
  { background, mountFolder, detachesAll }: ServingManner,
): VolumeService {
  const { connect, log } = runtime;
  const readAgain = async (): Promise<Connection> => {
    const { connection } = await readSettings(settings.file, (text) => log.warn(text));
    log.hide(connection);
    return connection;
  };
  const cloud = volumesWhenNeeded(
    async () => await connect(settings.connection, log, background ? readAgain : undefined),
  );
  const { folder, attachment, cluster, vmId } = settings;
  return createVolumeService({
    volumes: cloud,
    notes: cloud,
    node: createStorageNode({ vmId }),
    clock: systemClock,
    logger: log,
    folder,
    mountFolder,
    policy: () => policyOf(settings),
    attachment,
    cluster,
    background,
    detachesAll,
  });
}

/** The policy file as it is now; the container of the settings counts where the file's defaults name none. */
async function policyOf({ policyFile, storageContainer }: VolumeSettings): Promise<Policy> {
  const attempted = `read the policy ${policyFile}`;
  const policy = readPolicy(await contentOf(policyFile, attempted), attempted);
  if (storageContainer === undefined) return policy;
  return { ...policy, defaults: { storageContainer, ...policy.defaults } };
}

async function contentOf(path: string, attempted: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'), { maxAliasCount: 0 });
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw OperationError.from(error, attempted).with({ code: 'invalid-input' });
  }
}
