import { z } from 'zod';
import type { ServedMethods } from './calls.js';
import { servedMethod, type OpenService } from './served-method.js';
import { snapshotMethods } from './snapshot-calls.js';
import { leaveToHosts, publishMethods, volumeMethods } from './volume-calls.js';

/** Without PUBLISH_READONLY: what is read-only is so on the node; and without MODIFY_VOLUME: nothing of a volume changes but its size. */
const CAPABILITIES = [
  'CREATE_DELETE_VOLUME',
  'LIST_VOLUMES',
  'GET_VOLUME',
  'GET_CAPACITY',
  'CREATE_DELETE_SNAPSHOT',
  'LIST_SNAPSHOTS',
  'GET_SNAPSHOT',
  'CLONE_VOLUME',
  'EXPAND_VOLUME',
  'SINGLE_NODE_MULTI_WRITER',
] as const;

const CAPABILITIES_OF_ATTACHING = ['PUBLISH_UNPUBLISH_VOLUME', 'LIST_VOLUMES_PUBLISHED_NODES'] as const;

/** The controller service: what can be done without being on the host. `attaches`: false where hosts do that for themselves. */
export function controllerMethods(
  open: OpenService,
  { attaches }: { readonly attaches: boolean },
): ServedMethods {
  const types = [...CAPABILITIES, ...(attaches ? CAPABILITIES_OF_ATTACHING : [])];
  return {
    ...volumeMethods(open),
    ...(attaches ? publishMethods(open) : leaveToHosts()),
    ...snapshotMethods(open),
    ControllerGetCapabilities: servedMethod({
      request: z.unknown(),
      run: () => Promise.resolve({ capabilities: types.map((type) => ({ rpc: { type } })) }),
    }),
  };
}
