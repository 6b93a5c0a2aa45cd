import { element, setText } from './cells.js';
import { number } from './format.js';

/** @import { Counts } from '../view-shape.js' */

/** @type {readonly { readonly title: string, readonly tone?: string, text(counts: Counts): string, note(counts: Counts): string }[]} */
const TILES = [
  { title: 'VMs', text: ({ vms }) => number(vms), note: ({ vmsOn }) => `${number(vmsOn)} on` },
  {
    title: 'UUIDs reserved',
    text: ({ reservations }) => number(reservations),
    note: () => 'for creates to come',
  },
  {
    title: 'Tasks under way',
    text: ({ tasksUnderWay }) => number(tasksUnderWay),
    note: ({ tasks }) => `${number(tasks)} in all`,
  },
  {
    title: 'Tasks failed',
    tone: 'bad',
    text: ({ tasksFailed }) => number(tasksFailed),
    note: () => 'or aborted',
  },
  {
    title: 'Requests',
    text: ({ requests }) => number(requests),
    note: () => 'since the start',
  },
  {
    title: 'Faults struck',
    tone: 'bad',
    text: ({ strikes }) => number(strikes),
    note: ({ faults }) => `${number(faults)} ${faults === 1 ? 'rule' : 'rules'}`,
  },
];

/**
 * @param {Element} list
 * @param {Counts} counts
 */
export function showCounts(list, counts) {
  TILES.forEach(({ title, tone, text, note }, index) => {
    const tile = list.children[index] ?? list.appendChild(emptyTile(title));
    const [, value, remark] = tile.children;
    if (!(value instanceof HTMLElement) || remark === undefined) return;
    setText(value, text(counts));
    setText(remark, note(counts));
    const wanted = text(counts) === '0' ? 'quiet' : (tone ?? 'plain');
    if (value.dataset['tone'] !== wanted) value.dataset['tone'] = wanted;
  });
}

/** @param {string} title */
function emptyTile(title) {
  return element('div', { className: 'card' }, [
    element('dt', { text: title }),
    element('dd', { className: 'figure' }),
    element('dd', { className: 'faint' }),
  ]);
}
