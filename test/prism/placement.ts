import type { Answer } from './scripted-prism.js';

export const CLUSTER = '0005b0f1-8f43-a0f2-02b7-3cecef193712';
export const OTHER_CLUSTER = '0005b0f1-8f43-a0f2-02b7-3cecef193799';

export function list(...entities: object[]): Answer {
  return { status: 200, json: { metadata: { total_matches: entities.length }, entities } };
}

export function cluster(uuid: string, name: string, ...services: string[]): object {
  const resources = { config: { service_list: services } };
  return { metadata: { kind: 'cluster', uuid }, status: { name, resources } };
}

export const PRISM_CENTRAL = cluster('0005b0f1-0000-0000-0000-000000000001', 'Unnamed', 'PRISM_CENTRAL');

export function subnet(uuid: string, name: string, onCluster?: string, resources: object = {}): object {
  const reference =
    onCluster === undefined ? {} : { cluster_reference: { kind: 'cluster', uuid: onCluster } };
  return {
    metadata: { kind: 'subnet', uuid },
    status: { state: 'COMPLETE', name, resources: { subnet_type: 'VLAN', ...resources }, ...reference },
  };
}

export function image(uuid: string, name: string, resources: object = {}, state = 'COMPLETE'): object {
  return {
    metadata: { kind: 'image', uuid },
    status: { state, name, resources: { image_type: 'DISK_IMAGE', ...resources } },
  };
}
