import { PRESET, type SimulatorOptions } from '../../../../src/simulator/index.js';
import { at, listOf } from '../../api-client.js';
import { started } from '../../running.js';
import { V4Client } from '../v4-client.js';

type Json = Record<string, unknown>;

export const GIB = 2 ** 30;
export const GROUPS = '/api/volumes/v4.3/config/volume-groups';
export const CLIENTS = '/api/volumes/v4.3/config/iscsi-clients';
export const POINTS = '/api/dataprotection/v4.4/config/recovery-points';
export const INITIATOR = 'iqn.1994-05.com.example:host-1';

export const onContainer = (fields: Json = {}): Json => ({
  diskSizeBytes: GIB,
  diskDataSourceReference: { entityType: 'STORAGE_CONTAINER', extId: PRESET.container.uuid },
  ...fields,
});

/** A group with one disk of 1 GiB. */
export const groupBody = (fields: Json = {}): Json => ({
  name: 'docker-data1',
  clusterReference: PRESET.cluster.uuid,
  disks: [onContainer()],
  ...fields,
});

/** What a client of namespace volumes does, in few words. */
export class VolumeClient {
  readonly v4: V4Client;

  constructor(v4: V4Client) {
    this.v4 = v4;
  }

  /** Makes a group; its id. */
  async group(fields: Json = {}): Promise<string> {
    const task = succeeded(await this.v4.work('POST', GROUPS, groupBody(fields)));
    return affected(task, 'volumes:config:volume-group');
  }

  async shown(group: string, query = ''): Promise<unknown> {
    return at((await this.v4.get(`${GROUPS}/${group}${query}`)).body, 'data');
  }

  async listed(path: string): Promise<unknown[]> {
    return listOf(at((await this.v4.get(path)).body, 'data') ?? []);
  }

  /** Does an action on a group; the task. */
  act(group: string, action: string, body: unknown): Promise<Json> {
    return this.v4.work('POST', `${GROUPS}/${group}/$actions/${action}`, body);
  }

  async attachClient(group: string, fields: Json = { iscsiInitiatorName: INITIATOR }): Promise<string> {
    const task = succeeded(await this.act(group, 'attach-iscsi-client', fields));
    return affected(task, 'volumes:config:iscsi-client');
  }

  async vm(name = 'web-1', fields: Json = {}): Promise<string> {
    return this.v4.made({ name, cluster: { extId: PRESET.cluster.uuid }, memorySizeBytes: GIB, ...fields });
  }
}

export async function startedVolumes(options: SimulatorOptions = {}) {
  const { api, simulator } = await started({ pcVersion: 'pc.7.6', ...options });
  const client = new VolumeClient(new V4Client(api));
  return { client, v4: client.v4, api, simulator };
}

/** The id of the entity with this `rel`. */
export function affected(task: Json, rel: string): string {
  const entity = listOf(task['entitiesAffected']).find((one) => at(one, 'rel') === rel);
  return String(at(entity, 'extId'));
}

export function succeeded(task: Json): Json {
  if (task['status'] !== 'SUCCEEDED') throw new Error(JSON.stringify(task));
  return task;
}

/** Code and group of a failed task; its status when it has not failed. */
export function failure(task: Json): unknown {
  if (task['status'] !== 'FAILED') return task['status'];
  return [at(task, 'errorMessages', 0, 'code'), at(task, 'errorMessages', 0, 'errorGroup')];
}
