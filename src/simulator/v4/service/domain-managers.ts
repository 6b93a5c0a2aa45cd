import type { ClusterRecord } from '../../core/store/records.js';
import { param } from '../../http/route.js';
import { answeredList, type Listing } from '../listing/index.js';
import { ipAddress } from '../message/address.js';
import { entityAnswer } from '../message/answer.js';
import { rejection } from '../message/error.js';
import { typed } from '../message/typed.js';
import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';

const kind = 'prism_central';
const PATH = '/config/domain-managers';

/** prism: the Prism Central itself. Clients read its version there (reference v4 1.4). */
export function domainManagerRoutes(world: V4World): V4Route[] {
  const listing: Listing<ClusterRecord> = {
    filterable: {},
    orderable: [],
    view: (cluster) => domainManagerView(world, cluster),
  };
  const type = 'prism.v4.config.ListDomainManagerApiResponse';
  return [
    {
      method: 'GET',
      path: PATH,
      kind,
      handle: (call) => answeredList(world, call, { type, listing, records: prismCentrals(world) }),
    },
    {
      method: 'GET',
      path: `${PATH}/:extId`,
      kind,
      handle: (call) => {
        const extId = param(call, 'extId');
        const found = prismCentrals(world).find(({ uuid }) => uuid === extId);
        if (found === undefined) throw unknownDomainManager(extId);
        const data = domainManagerView(world, found);
        return entityAnswer(world, call, { type: 'prism.v4.config.GetDomainManagerApiResponse', data });
      },
    },
  ];
}

function prismCentrals({ store }: V4World): ClusterRecord[] {
  return [...store.clusters].filter(({ service }) => service === 'PRISM_CENTRAL');
}

/** The members that the vendor's SDKs and Nutanix's Go client read; no answer of this list is recorded. */
function domainManagerView({ served, version }: V4World, cluster: ClusterRecord): Record<string, unknown> {
  return typed(served, 'prism.v4.config.DomainManager', {
    extId: cluster.uuid,
    config: typed(served, 'prism.v4.config.DomainManagerClusterConfig', {
      name: cluster.name,
      size: 'SMALL',
      buildInfo: typed(served, 'clustermgmt.v4.config.BuildInfo', { version: version.text }),
    }),
    isRegisteredWithHostingCluster: true,
    network: typed(served, 'prism.v4.config.DomainManagerNetwork', {
      externalAddress: ipAddress(served, cluster.externalAddress),
    }),
  });
}

function unknownDomainManager(extId: string): Error {
  return rejection({
    namespace: 'prism',
    status: 404,
    code: 'PRISM-20001',
    group: 'DOMAIN_MANAGER_NOT_FOUND',
    message: `Domain manager with external identifier ${extId} does not exist.`,
    arguments: { extId },
  });
}
