import type { IscsiClientRecord } from '../../core/store/volume-records.js';
import { changedClient, serveTargets } from '../../core/volume/index.js';
import { param, type Answer } from '../../http/route.js';
import type { EntityType } from '../entity-routes.js';
import { rejection, schemaRejection } from '../message/error.js';
import { requestBody } from '../message/request-body.js';
import { checkIfMatch } from '../precondition/if-match.js';
import type { V4Call } from '../route.js';
import { ordered } from '../task/start.js';
import type { V4World } from '../world.js';
import { iscsiClientBody } from './bodies.js';
import { inVolumeWords } from './changes.js';
import { clientOptionsOf, initiatorsOf } from './options.js';
import { iscsiClientView, VOLUME_MODEL, volumeType } from './views.js';

const kind = 'iscsi_client';

/** iSCSI clients that have, or had, a group. There is no DELETE. */
export const ISCSI_CLIENTS: EntityType<IscsiClientRecord> = {
  kind,
  path: '/config/iscsi-clients',
  model: VOLUME_MODEL,
  word: 'IscsiClient',
  listing: (world, { version }) => ({
    // The name of the initiator is not among them (reference v4 2.7).
    filterable: { extId: 'text', clusterReference: 'text' },
    orderable: ['clusterReference', 'extId'],
    view: (client) => iscsiClientView(world, version.minor, client),
  }),
  records: ({ store }) => store.iscsiClients,
  existing: existingClient,
  tag: clientTag,
  update: updateClient,
};

/** PUT changes how the client signs in, above all its secret. */
function updateClient(world: V4World, call: V4Call): Answer {
  const { uuid, ...before } = existingClient(world, call);
  const input = requestBody(world, call, iscsiClientBody);
  if (initiatorsOf(input).length > 1) {
    const message = 'Only one of iscsiInitiatorName and iscsiInitiatorNetworkId can be specified';
    throw schemaRejection(world, call, [{ location: '@body', message }]);
  }
  const fault = checkIfMatch(world, call, clientTag(world, { uuid, ...before }));
  return ordered(world, call, volumeType('UpdateIscsiClientApiResponse'), () => ({
    operation: 'IscsiClientUpdate',
    entities: [{ kind, uuid }],
    lane: uuid,
    fault: fault ?? call.taskFault,
    run: async (task) => {
      await inVolumeWords(() => {
        const client = world.store.iscsiClients.get(uuid) ?? { uuid, ...before };
        world.store.iscsiClients.put(changedClient(client, clientOptionsOf(input)));
        task.clusterUuid = client.clusterUuid;
      });
      await serveTargets(world);
    },
  }));
}

/** 400, and not 404, for an unknown one (reference v4 2.4; only the text BAD REQUEST is known of the answer). */
function existingClient(world: V4World, call: V4Call): IscsiClientRecord {
  const extId = param(call, 'extId');
  const client = world.store.iscsiClients.get(extId.toLowerCase());
  if (client !== undefined) return client;
  throw rejection({
    namespace: call.namespace,
    status: 400,
    code: 'VOL-40402',
    group: 'ISCSI_CLIENT_NOT_FOUND',
    message: `BAD REQUEST: iSCSI client ${extId} does not exist.`,
    arguments: { iscsi_client_uuid: extId },
  });
}

function clientTag(world: V4World, client: IscsiClientRecord): string {
  return world.tags.of(client.uuid, client);
}
