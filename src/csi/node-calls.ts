import { join } from 'node:path';
import { z } from 'zod';
import type { StageRequest, VolumeService, VolumeUse } from '../volume/index.js';
import type { ServedMethods } from './calls.js';
import { capacityField } from './capacity-range.js';
import { pathField, requiredText, subjectOf, volumeOf } from './request-fields.js';
import { servedMethod } from './served-method.js';
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
export function nodeMethods(service: VolumeService, stagingFolder: string): ServedMethods {
  return {
    ...stageMethods(service),
    ...publishMethods(service, stagingFolder),
    ...publishedMethods(service),
    NodeGetCapabilities: servedMethod({
      request: z.unknown(),
      run: () => Promise.resolve({ capabilities: CAPABILITIES.map((type) => ({ rpc: { type } })) }),
    }),
    NodeGetInfo: servedMethod({
      request: z.unknown(),
      run: async () => ({ nodeId: await service.nodeId() }),
    }),
  };
}

function stageMethods(service: VolumeService): ServedMethods {
  return {
    NodeStageVolume: servedMethod({
      request: z.object({
        volumeId: requiredText,
        stagingTargetPath: pathField,
        volumeCapability: requiredCapability,
      }),
      subject: subjectOf,
      run: async ({ volumeId, stagingTargetPath, volumeCapability }, context) => {
        const attempted = `stage volume ${volumeId}`;
        const { filesystem } = readCapability(volumeCapability, attempted);
        const request: StageRequest = { stagingPath: stagingTargetPath, filesystem };
        await service.stage(volumeOf(volumeId, attempted), request, context);
        return {};
      },
    }),
    NodeUnstageVolume: servedMethod({
      request: z.object({ volumeId: requiredText, stagingTargetPath: pathField }),
      subject: subjectOf,
      run: async ({ volumeId, stagingTargetPath }, context) => {
        await service.unstage({ id: volumeId }, stagingTargetPath, context);
        return {};
      },
    }),
  };
}

function publishMethods(service: VolumeService, stagingFolder: string): ServedMethods {
  return {
    NodePublishVolume: servedMethod({
      request: z.object({
        volumeId: requiredText,
        targetPath: pathField,
        stagingTargetPath: z.union([z.literal(''), pathField]),
        volumeCapability: requiredCapability,
        readonly: z.boolean(),
      }),
      subject: subjectOf,
      run: async (request, context) => {
        const { volumeId, stagingTargetPath, targetPath } = request;
        const attempted = `publish volume ${volumeId} at ${targetPath}`;
        const { filesystem, readOnly, exclusive } = readCapability(request.volumeCapability, attempted);
        await service.publish(
          volumeOf(volumeId, attempted),
          {
            stagingPath: stagingTargetPath || join(stagingFolder, volumeId),
            targetPath,
            filesystem,
            readOnly: readOnly || request.readonly,
            exclusive,
          },
          context,
        );
        return {};
      },
    }),
    /** With the last target the staging goes too: Swarm never calls NodeUnstageVolume (volumes.md 5). */
    NodeUnpublishVolume: servedMethod({
      request: z.object({ volumeId: requiredText, targetPath: pathField }),
      subject: subjectOf,
      run: async ({ volumeId, targetPath }, context) => {
        await service.unpublish({ id: volumeId }, targetPath, context);
        return {};
      },
    }),
  };
}

/** Calls about a volume that is in use here. Their path may be any text: what is not there is NOT_FOUND. */
function publishedMethods(service: VolumeService): ServedMethods {
  return {
    NodeGetVolumeStats: servedMethod({
      request: z.object({ volumeId: requiredText, volumePath: requiredText }),
      run: async ({ volumeId, volumePath }) => {
        const volume = volumeOf(volumeId, `tell the use of volume ${volumeId}`);
        return { usage: usageMessages(await service.use(volume, volumePath)) };
      },
    }),
    NodeExpandVolume: servedMethod({
      request: z.object({ volumeId: requiredText, volumePath: requiredText, capacityRange: capacityField }),
      subject: subjectOf,
      run: async ({ volumeId, volumePath }, context) => {
        const volume = volumeOf(volumeId, `grow volume ${volumeId} on this host`);
        return { capacityBytes: await service.growHere(volume, volumePath, context) };
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
