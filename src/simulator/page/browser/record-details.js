import { element, setText } from './cells.js';
import { TASK_COLUMNS } from './columns.js';
import { block, part, setFacts, setList } from './facts.js';
import { bytes } from './format.js';
import { Table } from './table.js';

/** @import { MessageShown, RequestDetails, TaskDetails, VolumeGroupDetails } from '../workbench/workbench-shape.js' */

/** @type {import('./drawer.js').Design} */
export function volumeGroupDesign(content) {
  const facts = element('dl', { className: 'facts' });
  const lists = [0, 1, 2, 3].map(() => element('ul', { className: 'rows' }));
  const [vms, clients, disks, points] = /** @type {HTMLElement[]} */ (lists);
  const tasks = element('section', { className: 'part' }, [element('h3', { text: 'What was done to it' })]);
  tasks.id = 'group-tasks';
  content.append(facts);
  if (vms && clients && disks && points) {
    content.append(part('VMs that have it', [vms]), part('iSCSI clients that have it', [clients]));
    content.append(part('Disks', [disks]), part('Recovery points', [points]));
  }
  content.append(tasks);
  const history = new Table(tasks, { keyOf: ({ uuid }) => uuid, columns: TASK_COLUMNS });
  return (/** @type {VolumeGroupDetails} */ group) => {
    setFacts(facts, [
      [
        'Removed',
        group.removedAt === undefined
          ? undefined
          : `${moment(group.removedAt)}, by nutanix-volume; still kept`,
      ],
      ['Cluster', group.cluster],
      ['Attached to', group.sharing],
      ['iSCSI target', group.target],
      ['Description', group.description],
      ['Categories', group.categories],
      ['Made', moment(group.createdAt)],
      ['UUID', group.uuid],
    ]);
    if (!vms || !clients || !disks || !points) return;
    setList(vms, group.vms, ({ name, slot, power }) => [name, slot, power.toLowerCase()], 'None.');
    setList(clients, group.clients, ({ initiator, authentication }) => [initiator, authentication], 'None.');
    setList(disks, group.disks, ({ index, sizeBytes }) => [`LUN ${index}`, bytes(sizeBytes)], 'None.');
    setList(points, group.recoveryPoints, ({ name, createdAt }) => [name, moment(createdAt)], 'None.');
    history.show(group.tasks, 'No task.');
  };
}

/** @type {import('./drawer.js').Design} */
export function taskDesign(content) {
  const facts = element('dl', { className: 'facts' });
  const entities = element('ul', { className: 'rows' });
  content.append(facts, part('Concerns', [entities]));
  return (/** @type {TaskDetails} */ task) => {
    setFacts(facts, [
      ['Status', `${task.status.toLowerCase()}, ${task.percentage} %`],
      ['Failed because', task.reason],
      ['Asked for by', task.owner],
      ['Accepted', moment(task.createdAt)],
      ['Begun', task.startedAt === undefined ? undefined : moment(task.startedAt)],
      ['Over', task.completedAt === undefined ? undefined : moment(task.completedAt)],
      ['Outcome', task.outcome.map(({ name, value }) => `${name}: ${value}`)],
      ['UUID', task.uuid],
    ]);
    setList(
      entities,
      task.entities,
      ({ kind, name, uuid }) => [kind.replaceAll('_', ' '), name, uuid],
      'Nothing.',
    );
  };
}

/** @type {import('./drawer.js').Design} */
export function requestDesign(content) {
  const facts = element('dl', { className: 'facts' });
  const asked = messagePart('Request');
  const answered = messagePart('Answer');
  const note = 'Credentials, cookies and other secrets are taken out by the server.';
  content.append(facts, element('p', { className: 'faint', text: note }), asked.node, answered.node);
  return (/** @type {RequestDetails} */ request) => {
    setFacts(facts, [
      [
        'Status',
        request.status === undefined
          ? 'under way'
          : request.status === 0
            ? 'connection broken'
            : `${request.status}`,
      ],
      ['Took', request.ms === undefined ? undefined : `${request.ms} ms`],
      ['Path', request.path],
      ['Route', request.route],
      ['User', request.username],
      ['Faults', request.faults],
      ['At', moment(request.at)],
    ]);
    asked.show(request.asked);
    answered.show(request.answered);
  };
}

/** @param {string} title */
function messagePart(title) {
  const headers = element('dl', { className: 'facts headers' });
  const body = block(`body of the ${title.toLowerCase()}`);
  const note = element('p', { className: 'faint' });
  return {
    node: part(title, [headers, body, note]),
    show: (/** @type {MessageShown} */ message) => {
      setFacts(headers, message.headers);
      body.hidden = message.body === undefined;
      setText(body, message.body ?? '');
      setText(note, message.note ?? (message.body === undefined ? 'No body.' : ''));
    },
  };
}

/** @param {number} ms */
function moment(ms) {
  return new Date(ms).toLocaleString();
}
