import { z } from 'zod';
import type { CallContext } from '../../../provider/index.js';
import type { V3Backend } from '../backend.js';
import { reference } from '../reference.js';
import { candidateFrom, entitiesMeant } from './entities.js';
import { lenient, ambiguous, type FoundProject, type Wanted } from '../../shared/index.js';

const references = lenient(z.array(reference));
const projectResources = z.looseObject({
  cluster_reference_list: references,
  subnet_reference_list: references,
  external_network_list: references,
});

export async function findProject(
  backend: V3Backend,
  name: string,
  context: CallContext,
): Promise<FoundProject> {
  const wanted: Wanted = { kind: 'project', name };
  const found = await entitiesMeant(backend, 'project', wanted, context);
  const [only, second] = found;
  if (only === undefined || second !== undefined) {
    throw ambiguous(
      wanted,
      found.map((one) => candidateFrom(one, name)),
    );
  }
  const { id, name: itsName } = candidateFrom(only, name);
  const resources = projectResources.safeParse(only.status?.resources ?? only.spec?.resources).data ?? {};
  const clusters = idsOf(resources.cluster_reference_list);
  const networks = new Set([
    ...idsOf(resources.subnet_reference_list),
    ...idsOf(resources.external_network_list),
  ]);
  return {
    project: { id, name: itsName },
    // An empty list says nothing; and where there is a list, the server has the last word at create.
    objections: (cluster, subnets) => [
      ...(cluster !== undefined && clusters.size > 0 && !clusters.has(cluster.id)
        ? [`Project "${itsName}" does not list cluster "${cluster.name}".`]
        : []),
      ...subnets
        .filter((subnet) => networks.size > 0 && !networks.has(subnet.id))
        .map((subnet) => `Project "${itsName}" does not list subnet "${subnet.name}".`),
    ],
  };
}

function idsOf(list: z.infer<typeof references>): Set<string> {
  return new Set((list ?? []).flatMap(({ uuid }) => uuid ?? []));
}
