import { z } from 'zod';
import type { ServedMethods } from './calls.js';
import { servedMethod, type OpenService } from './served-method.js';
import { snapshotMethods } from './snapshot-calls.js';
import { volumeMethods } from './volume-calls.js';

/** Without PUBLISH_READONLY: what is read-only is so on the node; and without MODIFY_VOLUME: nothing of a volume changes but its size. */
const CAPABILITIES = [
  'CREATE_DELETE_VOLUME',
  'PUBLISH_UNPUBLISH_VOLUME',
  'LIST_VOLUMES',
  'LIST_VOLUMES_PUBLISHED_NODES',
  'GET_VOLUME',
  'GET_CAPACITY',
  'CREATE_DELETE_SNAPSHOT',
  'LIST_SNAPSHOTS',
  'GET_SNAPSHOT',
  'CLONE_VOLUME',
  'EXPAND_VOLUME',
  'SINGLE_NODE_MULTI_WRITER',
] as const;

/** The controller service: what can be done without being on the host. */
export function controllerMethods(open: OpenService): ServedMethods {
  return {
    ...volumeMethods(open),
    ...snapshotMethods(open),
    ControllerGetCapabilities: servedMethod({
      request: z.unknown(),
      run: () => Promise.resolve({ capabilities: CAPABILITIES.map((type) => ({ rpc: { type } })) }),
    }),
  };
}
