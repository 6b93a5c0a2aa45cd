import type { OfferedImage, OfferedSubnet, Offers, Reference } from '../../provider/index.js';
import type { Offered } from './choice.js';

/** A cloud image by its name, as distributions publish them: `debian-12-genericcloud`, `ubuntu-22.04-cloudimg`. */
const CLOUD_IMAGE = /cloud|generic/i;
const GIB = 2 ** 30;

/** Clusters by name. */
export function clusterCandidates({ clusters }: Offers): readonly Offered[] {
  return clusters.map(({ id, name }) => ({ id, name })).toSorted(byName);
}

/**
 * Images, cloud images of the cluster first; with an unknown cluster all are taken to be there. Those of other clusters
 * come last, because the first VM has to copy them.
 */
export function imageCandidates({ images }: Offers, cluster: Reference | undefined): readonly Offered[] {
  const rank = (one: OfferedImage): number =>
    (isOn(one, cluster) ? 0 : 2) + (CLOUD_IMAGE.test(one.name) ? 0 : 1);
  return images
    .toSorted((a, b) => rank(a) - rank(b) || byName(a, b))
    .map((one) => ({ id: one.id, name: one.name, note: imageNote(one, cluster) }));
}

/** Subnets that VMs of the cluster can have, those with addresses from Prism Central first. */
export function subnetCandidates({ subnets }: Offers, cluster: Reference | undefined): readonly Offered[] {
  return subnets
    .filter((one) => isOn(one, cluster))
    .toSorted((a, b) => Number(b.isManaged) - Number(a.isManaged) || byName(a, b))
    .map((one) => ({ id: one.id, name: one.name, note: subnetNote(one) }));
}

function imageNote(one: OfferedImage, cluster: Reference | undefined): string | undefined {
  const size = one.sizeBytes === undefined ? [] : [`${(one.sizeBytes / GIB).toFixed(1)} GiB`];
  const remarks = [...size, ...(isOn(one, cluster) ? [] : ['not on this cluster yet'])];
  return remarks.length === 0 ? undefined : remarks.join(', ');
}

function subnetNote({ isManaged }: OfferedSubnet): string {
  return isManaged ? 'addresses from Prism Central' : 'addresses from a DHCP server of yours';
}

function isOn({ clusters }: OfferedImage | OfferedSubnet, cluster: Reference | undefined): boolean {
  return cluster === undefined || clusters.length === 0 || clusters.includes(cluster.id);
}

/** By code units, so that every computer shows the same order. */
function byName(a: Reference, b: Reference): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
