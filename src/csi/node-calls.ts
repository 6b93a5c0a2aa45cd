import { join } from 'node:path';
import { z } from 'zod';
import { backoff, hasCode, poll, type Clock, type Probed } from '../support/index.js';
import type {
  CallContext,
  PublishRequest,
  StageRequest,
  VolumeReference,
  VolumeService,
  VolumeUse,
} from '../volume/index.js';
import type { ServedMethods } from './calls.js';
import { capacityField } from './capacity-range.js';
import { isVolumeId, ofVolume, pathField, requiredText, volumeOf } from './request-fields.js';
import { servedMethod, type OpenService, volumeChange, volumeMethod } from './served-method.js';
import { readCapability, requiredCapability } from './volume-capability.js';

const CAPABILITIES = [
  'STAGE_UNSTAGE_VOLUME',
  'GET_VOLUME_STATS',
  'EXPAND_VOLUME',
  'SINGLE_NODE_MULTI_WRITER',
] as const;

/** What is different from host to host. */
export interface HostManner {
  /** Where a volume is staged that is published without a staging path, as Swarm does after a failed first contact. */
  readonly stagingFolder: string;
  /** How long staging waits for another host to let a volume go, ms; 0 = it is refused at once. */
  readonly holderPatienceMs: number;
  readonly clock: Clock;
}

/** ms */
const HOLDER_PAUSES = { first: 250, growth: 2, longest: 1000 };

/** The node service: what is done on the host that uses a volume. */
export function nodeMethods(open: OpenService, manner: HostManner): ServedMethods {
  return {
    ...stageMethods(open, manner),
    ...publishMethods(open, manner.stagingFolder),
    ...publishedMethods(open),
    NodeGetCapabilities: servedMethod({
      request: z.unknown(),
      run: () => Promise.resolve({ capabilities: CAPABILITIES.map((type) => ({ rpc: { type } })) }),
    }),
    NodeGetInfo: servedMethod({
      request: z.unknown(),
      run: async () => ({ nodeId: await (await open()).nodeId() }),
    }),
  };
}

/** Stages; as long as this host is patient also again, while another host has the volume. Any other conflict is one at once. */
async function stagePatiently(
  service: VolumeService,
  volume: VolumeReference,
  request: StageRequest,
  { clock, holderPatienceMs }: HostManner,
  context: CallContext,
): Promise<void> {
  const end = clock.now() + holderPatienceMs;
  const once = async (): Promise<Probed<true>> => {
    try {
      await service.stage(volume, request, context);
      return { ready: true, value: true };
    } catch (error) {
      if (!hasCode(error, 'conflict') || clock.now() >= end) throw error;
      if (!(await isElsewhere(service, volume, context))) throw error;
      return { ready: false };
    }
  };
  await poll(once, { clock, signal: context.signal, delays: backoff(HOLDER_PAUSES) });
}

async function isElsewhere(
  service: VolumeService,
  volume: VolumeReference,
  context: CallContext,
): Promise<boolean> {
  const here = await service.nodeId();
  const found = await service.find(volume, context);
  return found?.holderNodes?.some((node) => node !== here) === true;
}

function stageMethods(open: OpenService, manner: HostManner): ServedMethods {
  return {
    NodeStageVolume: volumeChange({
      request: ofVolume.extend({ stagingTargetPath: pathField, volumeCapability: requiredCapability }),
      run: async ({ volumeId, stagingTargetPath, volumeCapability }, context) => {
        const attempted = `stage volume ${volumeId}`;
        const { filesystem } = readCapability(volumeCapability, attempted);
        const request: StageRequest = { stagingPath: stagingTargetPath, filesystem };
        const [service, volume] = [await open(), volumeOf(volumeId, attempted)];
        await stagePatiently(service, volume, request, manner, context);
      },
    }),
    NodeUnstageVolume: volumeChange({
      request: ofVolume.extend({ stagingTargetPath: pathField }),
      run: async ({ volumeId, stagingTargetPath }, context) => {
        await (await open()).unstage({ id: volumeId }, stagingTargetPath, context);
      },
    }),
  };
}

function publishMethods(open: OpenService, stagingFolder: string): ServedMethods {
  return {
    NodePublishVolume: volumeChange({
      request: ofVolume.extend({
        targetPath: pathField,
        stagingTargetPath: z.union([z.literal(''), pathField]),
        volumeCapability: requiredCapability,
        readonly: z.boolean(),
      }),
      run: async (request, context) => {
        const { volumeId, stagingTargetPath, targetPath } = request;
        const attempted = `publish volume ${volumeId} at ${targetPath}`;
        const { filesystem, readOnly, exclusive } = readCapability(request.volumeCapability, attempted);
        const volume = volumeOf(volumeId, attempted);
        const wanted: PublishRequest = {
          stagingPath: stagingTargetPath || join(stagingFolder, volumeId),
          targetPath,
          filesystem,
          readOnly: readOnly || request.readonly,
          exclusive,
        };
        await (await open()).publish(volume, wanted, context);
      },
    }),
    /** With the last target the staging goes too: Swarm never calls NodeUnstageVolume (volumes.md 5). */
    NodeUnpublishVolume: volumeChange({
      request: ofVolume.extend({ targetPath: pathField }),
      run: async ({ volumeId, targetPath }, context) => {
        if (isVolumeId(volumeId)) await (await open()).unpublish({ id: volumeId }, targetPath, context);
      },
    }),
  };
}

/** Calls about a volume that is in use here. Their path may be any text: what is not there is NOT_FOUND. */
function publishedMethods(open: OpenService): ServedMethods {
  return {
    NodeGetVolumeStats: servedMethod({
      request: ofVolume.extend({ volumePath: requiredText }),
      run: async ({ volumeId, volumePath }) => {
        const volume = volumeOf(volumeId, `tell the use of volume ${volumeId}`);
        return { usage: usageMessages(await (await open()).use(volume, volumePath)) };
      },
    }),
    NodeExpandVolume: volumeMethod({
      request: ofVolume.extend({ volumePath: requiredText, capacityRange: capacityField }),
      run: async ({ volumeId, volumePath }, context) => {
        const volume = volumeOf(volumeId, `grow volume ${volumeId} on this host`);
        return { capacityBytes: await (await open()).growHere(volume, volumePath, context) };
      },
    }),
  };
}

function usageMessages({ deviceBytes, filesystem }: VolumeUse): object[] {
  if (filesystem === undefined) return [{ unit: 'BYTES', total: deviceBytes }];
  const { totalBytes, usedBytes, availableBytes, totalInodes, usedInodes } = filesystem;
  return [
    { unit: 'BYTES', total: totalBytes, used: usedBytes, available: availableBytes },
    { unit: 'INODES', total: totalInodes, used: usedInodes, available: totalInodes - usedInodes },
  ];
}
