import { button, setOpener } from './buttons.js';
import { element, setBadge, setChildren, setLines, setText } from './cells.js';
import { bytes, clock, memory, number } from './format.js';
import { setMoment } from './moments.js';

/** @import { FaultRow, RequestRow, SubnetRow, TaskRow, VmRow, VolumeGroupRow } from '../view-shape.js' */
/**
 * @template Row
 * @typedef {import('./table.js').Column<Row>} Column
 */

/** @type {Readonly<Record<string, string>>} */
const TONES = {
  ON: 'good',
  COMPLETE: 'quiet',
  SUCCEEDED: 'good',
  RUNNING: 'busy',
  QUEUED: 'busy',
  PENDING: 'busy',
  DELETE_PENDING: 'busy',
  ERROR: 'bad',
  FAILED: 'bad',
  ABORTED: 'bad',
};

/** @param {string} word */
export function toneOf(word) {
  return TONES[word] ?? 'quiet';
}

/** @typedef {(kind: 'vm' | 'volume-group' | 'task' | 'request', id: string, name: string) => void} Opens */

/**
 * @param {Opens} open
 * @returns {readonly Column<VmRow>[]}
 */
export const vmColumns = (open) => [
  {
    title: 'Name',
    className: 'name',
    show: (cell, { uuid, name }) => setOpener(cell, name, () => open('vm', uuid, name)),
  },
  { title: 'Power', show: (cell, vm) => setBadge(cell, vm.power === 'ON' ? 'on' : 'off', toneOf(vm.power)) },
  { title: 'State', show: (cell, vm) => setBadge(cell, vm.state.toLowerCase(), toneOf(vm.state)) },
  {
    title: 'Addresses',
    className: 'mono short',
    show: (cell, vm) => {
      setLines(cell, vm.addresses, ({ ip, learned }) => {
        const title = learned ? 'learned from the guest' : 'assigned by Prism';
        return element('span', { text: ip, title, className: learned ? 'learned' : '' });
      });
    },
  },
  {
    title: 'CPUs',
    className: 'end wide',
    show: (cell, vm) => setText(cell, vm.cpus === undefined ? '' : number(vm.cpus)),
  },
  {
    title: 'Memory',
    className: 'end wide',
    show: (cell, vm) => setText(cell, vm.memoryMiB === undefined ? '' : memory(vm.memoryMiB)),
  },
  {
    title: 'Disks',
    className: 'end sum wide',
    show: (cell, vm) => {
      setLines(cell, vm.disks, ({ slot, sizeBytes }) =>
        element('span', { text: bytes(sizeBytes), title: slot }),
      );
    },
  },
  {
    title: 'Where',
    className: 'wide',
    show: (cell, vm) => setText(cell, vm.host === undefined ? vm.cluster : `${vm.cluster} / ${vm.host}`),
  },
  { title: 'Age', className: 'end middling', show: (cell, vm) => setMoment(cell, vm.createdAt) },
];

/**
 * @param {Opens} open
 * @returns {readonly Column<VolumeGroupRow>[]}
 */
export const volumeGroupColumns = (open) => [
  {
    title: 'Name',
    className: 'name',
    show: (cell, { uuid, name }) => setOpener(cell, name, () => open('volume-group', uuid, name)),
  },
  {
    title: 'Held',
    show: (cell, { removed, vms, iscsiClients }) => {
      if (removed) setBadge(cell, 'removed', 'warn');
      else if (vms.of + iscsiClients.of > 0) setBadge(cell, 'held', 'good');
      else setBadge(cell, 'free', 'quiet');
    },
  },
  { title: 'Size', className: 'end', show: (cell, group) => setText(cell, bytes(group.sizeBytes)) },
  {
    title: 'Disks',
    className: 'end sum wide',
    show: (cell, group) => {
      setLines(cell, group.disks, ({ index, sizeBytes }) =>
        element('span', { text: bytes(sizeBytes), title: `disk ${index}` }),
      );
    },
  },
  {
    title: 'Attached to',
    className: 'name',
    show: (cell, group) => setLines(cell, group.vms, (name) => element('span', { text: name })),
  },
  {
    title: 'iSCSI clients',
    className: 'mono',
    show: (cell, group) => setLines(cell, group.iscsiClients, (name) => element('span', { text: name })),
  },
  { title: 'Cluster', className: 'wide', show: (cell, group) => setText(cell, group.cluster) },
  { title: 'Age', className: 'end middling', show: (cell, group) => setMoment(cell, group.createdAt) },
];

/**
 * @param {Opens} open
 * @returns {readonly Column<TaskRow>[]}
 */
export const taskColumns = (open) => [
  {
    title: 'Task',
    show: (cell, task) => {
      setChildren(cell, [task.operation, task.error], () => [
        button(task.operation, () => open('task', task.uuid, task.operation), { className: 'opener mono' }),
        ...(task.error === undefined ? [] : [element('div', { text: task.error, className: 'problem' })]),
      ]);
    },
  },
  ...TASK_COLUMNS.slice(1),
];

/** @type {readonly Column<TaskRow>[]} */
export const TASK_COLUMNS = [
  {
    title: 'Task',
    show: (cell, task) => {
      setChildren(cell, [task.operation, task.error], () => [
        element('div', { text: task.operation, className: 'mono' }),
        ...(task.error === undefined ? [] : [element('div', { text: task.error, className: 'problem' })]),
      ]);
    },
  },
  { title: 'Entity', className: 'name', show: (cell, task) => setText(cell, task.entity) },
  { title: 'Status', show: (cell, task) => showStatus(cell, task) },
  { title: 'Age', className: 'end', show: (cell, task) => setMoment(cell, task.createdAt) },
];

/**
 * @param {HTMLElement} cell
 * @param {TaskRow} task
 */
function showStatus(cell, { status, percentage }) {
  const word = status.toLowerCase();
  if (status !== 'RUNNING') {
    setBadge(cell, word, toneOf(status));
    return;
  }
  setBadge(cell, `${word} ${percentage} %`, toneOf(status));
}

/**
 * @param {Opens} open
 * @returns {readonly Column<RequestRow>[]}
 */
export const requestColumns = (open) => [
  { title: 'At', className: 'mono short', show: (cell, request) => setText(cell, clock(request.at)) },
  {
    title: 'API',
    className: 'mono short middling',
    show: (cell, request) => setText(cell, request.api ?? '–'),
  },
  { title: 'Method', className: 'mono short', show: (cell, request) => setText(cell, request.method) },
  {
    title: 'Path',
    className: 'mono path',
    show: (cell, request) => {
      setChildren(cell, [request.path, request.faults], () => [
        button(
          request.path,
          () => open('request', `${request.number}`, `${request.method} ${request.path}`),
          {
            className: 'opener mono',
          },
        ),
        ...request.faults.map((fault) => element('div', { text: `fault: ${fault}`, className: 'problem' })),
      ]);
    },
  },
  {
    title: 'Status',
    className: 'end',
    show: (cell, { status }) => {
      if (status === undefined) setBadge(cell, 'under way', 'busy');
      else if (status === 0) setBadge(cell, 'broken', 'bad');
      else setBadge(cell, String(status), status < 400 ? 'quiet' : status < 500 ? 'warn' : 'bad');
    },
  },
  {
    title: 'ms',
    className: 'end wide',
    show: (cell, { ms }) => setText(cell, ms === undefined ? '' : number(ms)),
  },
];

/**
 * @param {(name: string) => void} clear
 * @returns {readonly Column<FaultRow>[]}
 */
export const faultColumns = (clear) => [
  { title: 'Rule', className: 'name', show: (cell, rule) => setText(cell, rule.name) },
  {
    title: 'Matches',
    className: 'mono path middling',
    show: (cell, rule) => setText(cell, rule.match || 'everything'),
  },
  { title: 'Does', className: 'mono path', show: (cell, rule) => setText(cell, rule.effect || 'nothing') },
  {
    title: 'Struck',
    className: 'end',
    show: (cell, { struck, times }) =>
      setText(cell, times === undefined ? number(struck) : `${number(struck)} of ${number(times)}`),
  },
  {
    title: 'Clear it',
    isTitleUnseen: true,
    className: 'end benched',
    show: (cell, { name }) => {
      setChildren(cell, name, () => [button('Clear', () => clear(name), { label: `Clear ${name}` })]);
    },
  },
];

/** @type {readonly Column<SubnetRow>[]} */
export const SUBNET_COLUMNS = [
  { title: 'Name', className: 'name', show: (cell, subnet) => setText(cell, subnet.name) },
  { title: 'Cluster', className: 'wide', show: (cell, subnet) => setText(cell, subnet.cluster ?? 'overlay') },
  {
    title: 'Network',
    className: 'mono',
    show: (cell, subnet) => setText(cell, subnet.network ?? 'unmanaged'),
  },
  {
    title: 'In use',
    className: 'end',
    show: (cell, { network, used, addresses }) =>
      setText(cell, network === undefined ? '' : `${number(used)} of ${number(addresses)}`),
  },
];
