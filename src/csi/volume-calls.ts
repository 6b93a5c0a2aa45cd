import { status } from '@grpc/grpc-js';
import { z } from 'zod';
import { StatusError } from '../grpc/index.js';
import { hasCode, inputError, OperationError } from '../support/index.js';
import {
  volumeOptionsFrom,
  type CallContext,
  type VolumeOptions,
  type VolumeService,
  type VolumeSummary,
} from '../volume/index.js';
import type { ServedMethods } from './calls.js';
import { capacityField, isWithin, rangeText, readCapacity, type CapacityRange } from './capacity-range.js';
import { pageFields, pageOf } from './list-pages.js';
import {
  existingVolume,
  nameField,
  nodeOf,
  ofVolume,
  requiredText,
  snapshotIdOf,
  textMap,
  volumeOf,
} from './request-fields.js';
import { servedMethod, type OpenService, volumeChange, volumeMethod } from './served-method.js';
import {
  capabilityField,
  capabilityProblems,
  readCapability,
  requiredCapability,
} from './volume-capability.js';

/** Keys that Kubernetes' provisioner adds; they say whose volume it is, and nothing that the driver needs. */
const OF_KUBERNETES = 'csi.storage.k8s.io/';

const capabilities = z.array(capabilityField).min(1, 'have to be given');
const createRequest = z.object({
  name: nameField,
  capacityRange: capacityField,
  volumeCapabilities: capabilities,
  parameters: textMap,
  mutableParameters: textMap,
  volumeContentSource: z
    .object({
      snapshot: z.object({ snapshotId: requiredText }).optional(),
      volume: ofVolume.optional(),
    })
    .nullish(),
});
type CreateRequest = z.infer<typeof createRequest>;

/** What is done with volumes in Prism Central. */
export function volumeMethods(open: OpenService): ServedMethods {
  return {
    CreateVolume: servedMethod({
      request: createRequest,
      subject: ({ name }) => `volume "${name}"`,
      conflict: status.ALREADY_EXISTS,
      run: async (request, context) => createVolume(await open(), request, context),
    }),
    /** Keeps the data for the grace time where the policy says so; for the orchestrator it is gone. */
    DeleteVolume: volumeChange({
      request: ofVolume,
      run: async ({ volumeId }, context) => deleteVolume(await open(), volumeId, context),
    }),
    ...expansionMethods(open),
    ...listMethods(open),
    ValidateVolumeCapabilities: servedMethod({
      request: ofVolume.extend({
        volumeCapabilities: capabilities,
        volumeContext: textMap,
        parameters: textMap,
      }),
      run: async ({ volumeId, volumeCapabilities, volumeContext, parameters }, context) => {
        await existingVolume(await open(), volumeId, `validate capabilities of volume ${volumeId}`, context);
        const problems = volumeCapabilities.flatMap(capabilityProblems);
        if (problems.length > 0) return { message: problems.join('; ') };
        return { confirmed: { volumeCapabilities, volumeContext, parameters } };
      },
    }),
  };
}

async function createVolume(
  service: VolumeService,
  request: CreateRequest,
  context: CallContext,
): Promise<object> {
  const { name, volumeContentSource } = request;
  const attempted = `create volume "${name}"`;
  const range = readCapacity(request.capacityRange, attempted);
  const summary = await service.ensure(name, optionsOf(request, range, attempted), context);
  if (!isWithin(summary.sizeBytes, range)) {
    const problem = `it exists and has ${summary.sizeBytes} bytes, not ${rangeText(range)}`;
    throw new OperationError({ code: 'conflict', attempted, problem });
  }
  return { volume: { ...volumeMessage(summary), contentSource: volumeContentSource ?? undefined } };
}

/** What is asked of the volume: by parameters, and by fields of the request, which say the same in another way. */
function optionsOf(request: CreateRequest, range: CapacityRange, attempted: string): VolumeOptions {
  const { volumeCapabilities, mutableParameters, volumeContentSource: source } = request;
  const given = Object.entries(request.parameters).filter(([key]) => !key.startsWith(OF_KUBERNETES));
  const options = volumeOptionsFrom(Object.fromEntries(given), attempted);
  const types = volumeCapabilities.flatMap((one) => readCapability(one, attempted).filesystem?.type ?? []);
  const filesystems = [...new Set([...types, ...(options.filesystem ? [options.filesystem] : [])])];
  const problems: string[] = [];
  if (filesystems.length > 1)
    problems.push(`it cannot have the file systems ${filesystems.join(' and ')} at once`);
  if (Object.keys(mutableParameters).length > 0) problems.push('mutable_parameters are not possible');
  if (source && (options.from ?? options.fromSnapshot ?? options.import) !== undefined)
    problems.push('volume_content_source and a parameter say both what it begins with');
  const error = inputError(attempted, problems);
  if (error !== undefined) throw error;
  return {
    ...options,
    // A limit alone is a size as well, and the only one that is known to fit.
    sizeBytes: range.requiredBytes ?? sizeWithin(options.sizeBytes, range),
    filesystem: filesystems[0],
    ...contentOf(source, attempted),
  };
}

function sizeWithin(sizeBytes: number | undefined, { limitBytes }: CapacityRange): number | undefined {
  if (limitBytes === undefined) return sizeBytes;
  return Math.min(sizeBytes ?? limitBytes, limitBytes);
}

function contentOf(
  source: CreateRequest['volumeContentSource'],
  attempted: string,
): Pick<VolumeOptions, 'from' | 'fromSnapshot'> {
  if (source?.volume !== undefined) {
    volumeOf(source.volume.volumeId, attempted);
    return { from: source.volume.volumeId };
  }
  if (source?.snapshot === undefined) return {};
  const fromSnapshot = snapshotIdOf(source.snapshot.snapshotId);
  if (fromSnapshot !== undefined) return { fromSnapshot };
  const problem = `there is no snapshot with the id "${source.snapshot.snapshotId}"`;
  throw new OperationError({ code: 'not-found', attempted, problem });
}

async function deleteVolume(service: VolumeService, id: string, context: CallContext): Promise<void> {
  const attempted = `delete volume ${id}`;
  try {
    await existingVolume(service, id, attempted, context);
  } catch (thrown) {
    if (hasCode(thrown, 'not-found')) return;
    throw thrown;
  }
  await service.remove({ id }, undefined, context);
}

/** A controller's half of attaching: a host is given the volume, and has it taken away. */
export function publishMethods(open: OpenService): ServedMethods {
  return {
    ControllerPublishVolume: volumeMethod({
      request: ofVolume.extend({ nodeId: requiredText, volumeCapability: requiredCapability }),
      run: async ({ volumeId, nodeId, volumeCapability }, context) => {
        const attempted = `attach volume ${volumeId} to node ${nodeId}`;
        readCapability(volumeCapability, attempted);
        const service = await open();
        await existingVolume(service, volumeId, attempted, context);
        await service.attach({ id: volumeId }, nodeOf(nodeId, attempted), context);
        return { publishContext: {} };
      },
    }),
    /** A volume or a node that is not there any more is what was asked for. */
    ControllerUnpublishVolume: volumeChange({
      request: ofVolume.extend({ nodeId: z.string() }),
      run: async ({ volumeId, nodeId }, context) => {
        const attempted = `detach volume ${volumeId} from node ${nodeId}`;
        const service = await open();
        try {
          const summary = await existingVolume(service, volumeId, attempted, context);
          if (nodeId === '') refuseIfHeld(summary);
          else await service.detach({ id: volumeId }, nodeOf(nodeId, attempted), context);
        } catch (thrown) {
          if (!hasCode(thrown, 'not-found')) throw thrown;
        }
      },
    }),
  };
}

/**
 * The same calls where hosts attach and detach for themselves. They are not offered; a manager of Swarm that has asked an
 * earlier version of the driver what it offers calls them all the same until its engine is started again.
 */
export function leaveToHosts(): ServedMethods {
  return {
    ControllerPublishVolume: servedMethod({
      request: ofVolume,
      run: () => Promise.resolve({ publishContext: {} }),
    }),
    ControllerUnpublishVolume: servedMethod({ request: ofVolume, run: () => Promise.resolve({}) }),
  };
}

/**
 * No node means all nodes to the specification. Swarm sends that for a node which it has removed or does not know yet,
 * when another node may have the volume mounted long since (swarmkit 2.0.0): it would lose its disk while it writes.
 */
function refuseIfHeld({ id, holderNodes = [] }: VolumeSummary): void {
  if (holderNodes.length === 0) return;
  throw new OperationError({
    code: 'conflict',
    attempted: `detach volume ${id} from all nodes`,
    problem: `node ${holderNodes.join(' and node ')} may be using it, and the request names no node`,
    advice: 'If it is not in use there, detach it by hand: nutanix-volume detach.',
  });
}

function expansionMethods(open: OpenService): ServedMethods {
  return {
    ControllerExpandVolume: volumeMethod({
      request: ofVolume.extend({ capacityRange: capacityField }),
      run: async ({ volumeId, capacityRange }, context) => {
        const attempted = `grow volume ${volumeId}`;
        const range = readCapacity(capacityRange, attempted);
        const sizeBytes = range.requiredBytes ?? range.limitBytes;
        const error = inputError(
          attempted,
          sizeBytes === undefined ? ['capacity_range has to be given'] : [],
        );
        if (error !== undefined) throw error;
        const service = await open();
        let summary = await existingVolume(service, volumeId, attempted, context);
        if (sizeBytes !== undefined && summary.sizeBytes < sizeBytes)
          summary = await service.grow({ id: volumeId }, sizeBytes, context);
        if (!isWithin(summary.sizeBytes, range)) {
          const problem = `it has ${summary.sizeBytes} bytes, not ${rangeText(range)}, and volumes do not shrink`;
          throw new StatusError(status.OUT_OF_RANGE, `${attempted}: ${problem}.`);
        }
        return { capacityBytes: summary.sizeBytes, nodeExpansionRequired: true };
      },
    }),
  };
}

function listMethods(open: OpenService): ServedMethods {
  return {
    ListVolumes: servedMethod({
      request: z.object(pageFields),
      run: async (request, context) => {
        const { entries, nextToken } = pageOf(await (await open()).list({}, context), request);
        return {
          entries: entries.map((one) => ({ volume: volumeMessage(one), status: statusMessage(one) })),
          nextToken,
        };
      },
    }),
    ControllerGetVolume: servedMethod({
      request: ofVolume,
      run: async ({ volumeId }, context) => {
        const summary = await existingVolume(await open(), volumeId, `look up volume ${volumeId}`, context);
        return { volume: volumeMessage(summary), status: statusMessage(summary) };
      },
    }),
    GetCapacity: servedMethod({
      request: z.unknown(),
      run: async (_request, context) => {
        const availableCapacity = await (await open()).capacity(context);
        if (availableCapacity !== undefined) return { availableCapacity };
        const problem = 'Prism Central does not say how much is free';
        throw new OperationError({ code: 'unsupported', attempted: 'tell the capacity', problem });
      },
    }),
  };
}

function volumeMessage({ id, sizeBytes }: VolumeSummary): object {
  return { volumeId: id, capacityBytes: sizeBytes };
}

function statusMessage({ holderNodes }: VolumeSummary): object {
  return { publishedNodeIds: [...(holderNodes ?? [])] };
}
