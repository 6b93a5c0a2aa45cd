import { join } from 'node:path';
import { z } from 'zod';
import type { PublishRequest, StageRequest, VolumeUse } from '../volume/index.js';
import type { ServedMethods } from './calls.js';
import { capacityField } from './capacity-range.js';
import { ofVolume, pathField, requiredText, volumeOf } from './request-fields.js';
import { servedMethod, type OpenService, volumeChange, volumeMethod } from './served-method.js';
import { readCapability, requiredCapability } from './volume-capability.js';

const CAPABILITIES = [
  'STAGE_UNSTAGE_VOLUME',
  'GET_VOLUME_STATS',
  'EXPAND_VOLUME',
  'SINGLE_NODE_MULTI_WRITER',
] as const;

/**
 * The node service: what is done on the host that uses a volume. `stagingFolder`: where a volume is staged when the
 * orchestrator publishes it without having named a staging path, as Swarm does after a failed first contact.
 */
export function nodeMethods(open: OpenService, stagingFolder: string): ServedMethods {
  return {
    ...stageMethods(open),
    ...publishMethods(open, stagingFolder),
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

function stageMethods(open: OpenService): ServedMethods {
  return {
    NodeStageVolume: volumeChange({
      request: ofVolume.extend({ stagingTargetPath: pathField, volumeCapability: requiredCapability }),
      run: async ({ volumeId, stagingTargetPath, volumeCapability }, context) => {
        const attempted = `stage volume ${volumeId}`;
        const { filesystem } = readCapability(volumeCapability, attempted);
        const request: StageRequest = { stagingPath: stagingTargetPath, filesystem };
        await (await open()).stage(volumeOf(volumeId, attempted), request, context);
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
        await (await open()).unpublish({ id: volumeId }, targetPath, context);
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
