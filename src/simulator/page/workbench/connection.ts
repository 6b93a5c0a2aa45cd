import type { World } from '../../core/world.js';
import { shellEnvironment, type ClientEnvironment } from '../../environment.js';
import { excerpt } from '../view-shape.js';
import { faultButtons } from './fault-buttons.js';
import type { Connection, NamesOfKind } from './workbench-shape.js';

/** How clients get to this simulator. */
export type ConnectionFacts = Omit<ClientEnvironment, 'cluster' | 'image' | 'subnet' | 'password'> & {
  /** Absent where the page must not show it. */
  readonly password?: string | undefined;
};

/** Longest list of names of one kind. */
const MOST_NAMES = 200;

/** What to export, the names that can be used, and what else the page offers. */
export function connectionOf(world: World, facts: ConnectionFacts): Connection {
  const { clusters, images, subnets } = world.store;
  const cluster = clusters.find(({ service }) => service === 'AOS');
  const image = images.find(({ type, clusterUuids }) => {
    return type === 'DISK_IMAGE' && clusterUuids.includes(cluster?.uuid ?? '');
  });
  const subnet = subnets.find(({ clusterUuid, network }) => {
    return clusterUuid === cluster?.uuid && network?.address !== undefined;
  });
  const shell = shellEnvironment({
    ...facts,
    password: facts.password ?? '',
    cluster: cluster?.name ?? '',
    image: image?.name ?? '',
    subnet: subnet?.name ?? '',
  });
  const isWhole = facts.password !== undefined;
  return {
    shell: isWhole ? shell : shell.replace(/^export NUTANIX_PASSWORD=.*\n/m, ''),
    note: isWhole
      ? undefined
      : 'NUTANIX_PASSWORD is not shown: it was given to the simulator, or its guests have rights on this machine. ' +
        'The file of --environment-file has it.',
    names: namesOf(world),
    faults: faultButtons(),
  };
}

type Names = Omit<NamesOfKind, 'names'> & { readonly names: readonly { name: string; note: string }[] };

function namesOf({ store }: World): NamesOfKind[] {
  const clusterName = (uuid: string): string => store.clusters.get(uuid)?.name ?? uuid;
  const lists: readonly Names[] = [
    {
      title: 'Clusters',
      option: '--nutanix-cluster',
      names: store.clusters
        .toArray()
        .filter(({ service }) => service === 'AOS')
        .map(({ name, version }) => ({ name, note: `AOS ${version}` })),
    },
    {
      title: 'Images',
      option: '--nutanix-vm-image',
      names: store.images.toArray().map(({ name, type, clusterUuids }) => ({
        name,
        note: [type === 'ISO_IMAGE' ? 'ISO' : '', clusterUuids.map(clusterName).join(', ')]
          .filter(Boolean)
          .join(' · '),
      })),
    },
    {
      title: 'Subnets',
      option: '--nutanix-vm-network',
      names: store.subnets.toArray().map(({ name, clusterUuid, network }) => ({
        name,
        note: `${clusterUuid === undefined ? 'overlay' : clusterName(clusterUuid)} · ${
          network?.address === undefined ? 'guests pick addresses' : 'addresses from a pool'
        }`,
      })),
    },
    {
      title: 'Projects',
      option: '--nutanix-project',
      names: store.projects.toArray().map(({ name, isDefault }) => ({
        name,
        note: isDefault ? 'default' : '',
      })),
    },
    {
      title: 'Categories',
      option: '--nutanix-vm-categories',
      names: store.categories
        .toArray()
        .flatMap(({ name, values }) =>
          Object.keys(values).map((value) => ({ name: `${name}=${value}`, note: '' })),
        ),
    },
  ];
  return lists.map((list) => ({ ...list, names: excerpt(list.names, MOST_NAMES, (name) => name) }));
}
