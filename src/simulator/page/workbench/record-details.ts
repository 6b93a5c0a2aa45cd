import type { RequestEntry } from '../../http/request-log.js';
import type { KeptMessage } from '../../http/kept-messages.js';
import type { VolumeGroupRecord } from '../../core/store/volume-records.js';
import type { TaskRecord } from '../../core/task-engine.js';
import { iqnOf, vmAttachmentsOf } from '../../core/volume/index.js';
import type { World } from '../../core/world.js';
import { requestRow, taskRow } from '../activity-rows.js';
import type { Seen } from '../view.js';
import { shownName } from '../view-shape.js';
import { removedAt } from '../volume-rows.js';
import { bodyWithoutSecrets, headersWithoutSecrets, withoutSecrets } from './hidden-secrets.js';
import { maskedText } from './masked-text.js';
import { categoriesShown, tasksOf } from './vm-details.js';
import type { MessageShown, RequestDetails, TaskDetails, VolumeGroupDetails } from './workbench-shape.js';

/** Of a body that is shown, in characters. */
const LONGEST_BODY = 40_000;

export function volumeGroupDetails(world: World, group: VolumeGroupRecord): VolumeGroupDetails {
  const { store } = world;
  return {
    uuid: group.uuid,
    name: shownName(group.name, group.uuid),
    cluster: store.clusters.get(group.clusterUuid)?.name ?? group.clusterUuid,
    description: group.description ?? '',
    categories: categoriesShown(group.categories),
    sharing: group.shared ? 'several at a time' : 'one at a time',
    target: iqnOf(group),
    createdAt: group.createdAt,
    removedAt: removedAt(group.name),
    disks: group.disks.map(({ uuid, index, sizeBytes }) => ({ uuid, index, sizeBytes })),
    vms: vmAttachmentsOf(store, group.uuid).map(({ vm, disk }) => ({
      uuid: vm.uuid,
      name: shownName(vm.name, vm.uuid),
      power: vm.power,
      slot: `${disk.adapter.toLowerCase()}.${String(disk.index)}`,
    })),
    clients: group.clientUuids.map((uuid) => {
      const client = store.iscsiClients.get(uuid);
      return {
        uuid,
        initiator: client?.initiator.value ?? uuid,
        authentication: client?.authentication === 'CHAP' ? 'CHAP' : 'no sign-in',
      };
    }),
    recoveryPoints: store.recoveryPoints
      .toArray()
      .filter(({ groups }) => groups.some(({ group: earlier }) => earlier.uuid === group.uuid))
      .map(({ uuid, name = uuid, createdAt }) => ({ uuid, name, createdAt })),
    tasks: tasksOf(world, group.uuid),
  };
}

export function taskDetails(world: World, task: TaskRecord): TaskDetails {
  const { entities, owner, failure, startedAt, completedAt, outcome } = task;
  return {
    ...taskRow(task, world.time.now()),
    entities: entities.map(({ kind, uuid, name = '' }) => ({ kind, uuid, name })),
    owner: owner?.name,
    reason: failure === undefined ? undefined : `${failure.message} (${failure.code})`,
    startedAt,
    completedAt,
    outcome: outcome.map(({ name, value }) => ({
      name,
      value: typeof value === 'string' ? value : value.join(', '),
    })),
  };
}

export function requestDetails({ log, basePaths }: Seen, entry: RequestEntry): RequestDetails {
  const kept = log.messages.get(entry.number);
  const gone: MessageShown = { headers: [], note: 'not kept any more' };
  return {
    ...requestRow(entry, basePaths),
    path: maskedText(entry.path),
    route: entry.route,
    username: entry.username,
    asked: kept === undefined ? gone : messageShown(kept.asked),
    answered:
      kept === undefined
        ? gone
        : kept.answered === undefined
          ? { headers: [], note: entry.status === undefined ? 'not answered yet' : 'no answer' }
          : messageShown(kept.answered),
  };
}

function messageShown({ headers, body, bytes = 0 }: KeptMessage): MessageShown {
  const shown = headersWithoutSecrets(headers);
  if (body === undefined) {
    return bytes === 0
      ? { headers: shown }
      : { headers: shown, note: `${bytes.toLocaleString('en')} bytes: too many to be kept` };
  }
  const text = indented(body.toString());
  if (text.length <= LONGEST_BODY) return { headers: shown, body: text };
  const note = `the first ${LONGEST_BODY.toLocaleString('en')} of ${text.length.toLocaleString('en')} characters`;
  return { headers: shown, body: text.slice(0, LONGEST_BODY), note };
}

function indented(text: string): string {
  try {
    return JSON.stringify(withoutSecrets(JSON.parse(text)), null, 2);
  } catch {
    return bodyWithoutSecrets(text);
  }
}
