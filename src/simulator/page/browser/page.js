import { setText } from './cells.js';
import { showClusters } from './clusters.js';
import {
  FAULT_COLUMNS,
  REQUEST_COLUMNS,
  SUBNET_COLUMNS,
  TASK_COLUMNS,
  VM_COLUMNS,
  VOLUME_GROUP_COLUMNS,
} from './columns.js';
import { showCounts } from './counts.js';
import { clock, number } from './format.js';
import { setServerTime, showAges } from './moments.js';
import { poll } from './poll.js';
import { moreThan, Table } from './table.js';

/** @import { View } from '../view-shape.js' */

let title = document.title;
let lastSeen = Date.now();

const NO_VM = 'No VM. Make one: docker-machine create -d nutanix web-1';

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

const filter = /** @type {HTMLInputElement} */ (byId('filter'));
const vms = new Table(byId('vms'), { keyOf: ({ uuid }) => uuid, columns: VM_COLUMNS });
const volumeGroups = new Table(byId('volume-groups'), {
  keyOf: ({ uuid }) => uuid,
  columns: VOLUME_GROUP_COLUMNS,
});
const tasks = new Table(byId('tasks'), { keyOf: ({ uuid }) => uuid, columns: TASK_COLUMNS });
const requests = new Table(byId('requests'), {
  keyOf: (request) => String(request.number),
  columns: REQUEST_COLUMNS,
});
const faults = new Table(byId('faults'), { keyOf: ({ name }) => name, columns: FAULT_COLUMNS });
const subnets = new Table(byId('subnets'), { keyOf: ({ uuid }) => uuid, columns: SUBNET_COLUMNS });

/** @param {View} view */
function show(view) {
  setServerTime(view.time);
  setText(byId('about'), `${view.version} · ${view.guests === 'none' ? 'no' : view.guests} guests`);
  const { vms: total, vmsOn } = view.counts;
  title = `${number(vmsOn)} of ${number(total)} VMs on · Prism Central simulator`;
  showCounts(byId('counts'), view.counts);
  showClusters(byId('clusters'), view.clusters);
  const matching = view.vms.of === total ? '' : `${number(view.vms.of)} of ${number(total)} match`;
  vms.show(
    view.vms.rows,
    total === 0 ? NO_VM : 'No VM fits the filter.',
    [matching, moreThan(view.vms)].filter(Boolean).join(' · '),
  );
  volumeGroups.show(view.volumeGroups.rows, 'No volume group.', moreThan(view.volumeGroups));
  tasks.show(view.tasks.rows, 'No task yet.', moreThan(view.tasks));
  requests.show(view.requests.rows, 'No request yet.', moreThan(view.requests));
  faults.show(view.faults.rows, 'No fault rule: everything goes as it should.', moreThan(view.faults));
  subnets.show(view.subnets, 'No subnet.');
}

function here() {
  lastSeen = Date.now();
  document.title = title;
  if (byId('connection').dataset['tone'] === 'good') return;
  byId('connection').dataset['tone'] = 'good';
  setText(byId('connection'), 'live');
  byId('gone').hidden = true;
  byId('content').classList.remove('stale');
}

/** @param {string} reason */
function gone(reason) {
  if (byId('connection').dataset['tone'] === 'bad') return;
  byId('connection').dataset['tone'] = 'bad';
  setText(byId('connection'), 'gone');
  document.title = 'gone · Prism Central simulator';
  const advice = 'If it was started anew it has a new certificate: reload this page to accept it.';
  setText(
    byId('gone'),
    `The simulator does not answer since ${clock(lastSeen)} (${reason}). It is asked again every second. ${advice}`,
  );
  byId('gone').hidden = false;
  byId('content').classList.add('stale');
}

const askNow = poll({ filter: () => filter.value, changed: show, here, gone });
setInterval(showAges, 1_000);
filter.addEventListener('input', askNow);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== filter) {
    event.preventDefault();
    filter.focus();
  } else if (event.key === 'Escape' && filter.value !== '') {
    filter.value = '';
    void askNow();
  }
});
