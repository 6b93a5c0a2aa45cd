import { z } from 'zod';
import type { Reference } from '../../../provider/index.js';
import { chooseCluster, lenient, maybe, lookingUp, type Attempt, type Wanted } from '../../shared/index.js';
import type { V4Api } from '../api.js';
import { listAll } from '../list.js';
import { named } from './entities.js';

const address = z.looseObject({ value: maybe.text });
const cluster = named.extend({
  network: lenient(
    z.looseObject({
      externalDataServiceIp: lenient(z.looseObject({ ipv4: lenient(address), ipv6: lenient(address) })),
    }),
  ),
  config: lenient(
    z.looseObject({
      clusterFunction: lenient(z.array(z.string())),
      buildInfo: lenient(z.looseObject({ version: maybe.text })),
    }),
  ),
});

export interface V4Cluster extends Reference {
  /** A Prism Central lists itself, often as "Unnamed" (reference v4 5). */
  readonly runsVms: boolean;
  /** Of AOS, e.g. `7.0.1`, as far as the server says. */
  readonly version: string | undefined;
  /** Address of its iSCSI data services; undefined = it has none (reference v4 5). */
  readonly dataServices: string | undefined;
}

/** All clusters that the account sees, Prism Central itself among them. */
export async function listClusters(api: V4Api, attempt: Attempt): Promise<readonly V4Cluster[]> {
  const list = { namespace: 'clustermgmt', path: '/config/clusters', item: cluster } as const;
  return (await listAll(api, list, attempt)).map(({ extId, name, config, network }) => {
    const functions = config?.clusterFunction ?? [];
    return {
      id: extId,
      name: name ?? extId,
      // One that says nothing of its functions is taken for an ordinary one.
      runsVms: functions.length === 0 || functions.includes('AOS'),
      version: config?.buildInfo?.version,
      dataServices:
        network?.externalDataServiceIp?.ipv4?.value ?? network?.externalDataServiceIp?.ipv6?.value,
    };
  });
}

/** The cluster that VMs go to, by name or id. */
export async function findCluster(
  all: (attempt: Attempt) => Promise<readonly V4Cluster[]>,
  name: string,
  signal: AbortSignal,
): Promise<V4Cluster> {
  const wanted: Wanted = { kind: 'cluster', name };
  return chooseCluster(wanted, await all({ attempted: lookingUp(wanted), signal }));
}
