import { focusOn } from './buttons.js';
import { setText } from './cells.js';
import { showClusters } from './clusters.js';
import {
  faultColumns,
  requestColumns,
  SUBNET_COLUMNS,
  taskColumns,
  vmColumns,
  volumeGroupColumns,
} from './columns.js';
import { addConnection } from './connect.js';
import { showCounts } from './counts.js';
import { Drawer } from './drawer.js';
import { addFaultButtons } from './faults.js';
import { Filters } from './filters.js';
import { clock, number } from './format.js';
import { setServerTime, showAges } from './moments.js';
import { poll } from './poll.js';
import { requestDesign, taskDesign, volumeGroupDesign } from './record-details.js';
import { addShortcut } from './shortcut.js';
import { moreThan, Table } from './table.js';
import { vmDesign } from './vm-details.js';
import { read, Refused, send } from './workbench.js';

/** @import { View } from '../view-shape.js' */

let title = document.title;
let lastSeen = Date.now();
let isFirst = true;
/** How many rows fit the filters, by section.
 * @type {Readonly<Record<string, number>>} */
let left = {};

const NO_VM = 'No VM. Make one: docker-machine create -d nutanix web-1';

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {string} id */
function input(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}

const pause = byId('pause');
const details = /** @type {HTMLDetailsElement} */ (byId('connect'));
const drawer = new Drawer();
const filters = new Filters(
  {
    filter: input('filter'),
    volumeGroups: input('volume-filter'),
    tasks: input('task-filter'),
    taskStatus: input('task-status'),
    requests: input('request-filter'),
    method: input('request-method'),
    status: input('request-status'),
  },
  byId('matches'),
  () => askNow(),
);
const vms = new Table(byId('vms'), { keyOf: ({ uuid }) => uuid, columns: vmColumns(open) });
const volumeGroups = new Table(byId('volume-groups'), {
  keyOf: ({ uuid }) => uuid,
  columns: volumeGroupColumns(open),
});
const tasks = new Table(byId('tasks'), { keyOf: ({ uuid }) => uuid, columns: taskColumns(open) });
const requests = new Table(byId('requests'), {
  keyOf: (request) => String(request.number),
  columns: requestColumns(open),
});
const faults = new Table(byId('faults'), {
  keyOf: ({ name }) => name,
  columns: faultColumns((name) => void change('DELETE', `faults/${encodeURIComponent(name)}`)),
});
const subnets = new Table(byId('subnets'), { keyOf: ({ uuid }) => uuid, columns: SUBNET_COLUMNS });

/** @type {import('./columns.js').Opens} */
function open(kind, id, name) {
  const designs = {
    vm: vmDesign(drawer, id),
    'volume-group': volumeGroupDesign,
    task: taskDesign,
    request: requestDesign,
  };
  const words = { vm: 'Virtual machine', 'volume-group': 'Volume group', task: 'Task', request: 'Request' };
  drawer.open(words[kind], name, `${kind}s/${encodeURIComponent(id)}`, designs[kind]);
}

/** @type {(rules: View['faults']['rows']) => void} */
let showPressed = () => undefined;

/** @param {string} problem */
function complain(problem) {
  setText(byId('bench-problem'), problem);
  byId('bench-problem').hidden = problem === '';
}

/**
 * @param {string} method
 * @param {string} path
 */
async function change(method, path) {
  try {
    await send(method, path);
    complain('');
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
  }
  askNow();
}

/** @type {((connection: import('../workbench/workbench-shape.js').Connection) => void) | undefined} */
let showConnection;

/**
 * The workbench is there in a browser on the simulator's machine only; the rest of the page is there anyway. Without an
 * answer it is asked for again. A simulator that was started anew may have another password and other names.
 */
async function connect() {
  let connection;
  try {
    connection = await read('connection');
  } catch (error) {
    if (!(error instanceof Refused)) {
      if (showConnection === undefined) setTimeout(() => void connect(), 1_000);
      return;
    }
    document.body.classList.add('only-looking');
    setText(byId('connect-content'), error.message);
    return;
  }
  if (showConnection === undefined) {
    showConnection = addConnection(byId('connect-content'));
    showPressed = addFaultButtons(byId('bench'), connection.faults, { changed: askNow, complain });
  }
  showConnection(connection);
}

/** Names come and go while the page is open. */
function connectAgain() {
  if (showConnection !== undefined) void connect();
}

/** @param {View} view */
function show(view) {
  if (isFirst && view.counts.vms === 0) details.open = true;
  isFirst = false;
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
  volumeGroups.show(
    view.volumeGroups.rows,
    filters.query['volumeGroups'] ? 'No volume group fits the filter.' : 'No volume group.',
    moreThan(view.volumeGroups),
  );
  tasks.show(
    view.tasks.rows,
    view.counts.tasks === 0 ? 'No task yet.' : 'No task fits the filter.',
    moreThan(view.tasks) || `${number(view.tasks.of)} in all`,
  );
  requests.show(
    view.requests.rows,
    view.counts.requests === 0 ? 'No request yet.' : 'No request fits the filter.',
    moreThan(view.requests) || `${number(view.requests.of)} in all`,
  );
  showPressed(view.faults.rows);
  const hasLostFocus = view.faults.of === 0 && document.activeElement === byId('clear-faults');
  byId('clear-faults').hidden = view.faults.of === 0;
  if (hasLostFocus) focusOn(byId('faults'));
  faults.show(view.faults.rows, 'No fault rule: everything goes as it should.', moreThan(view.faults));
  subnets.show(view.subnets, 'No subnet.');
  left = {
    vms: view.vms.of,
    'volume-groups': view.volumeGroups.of,
    tasks: view.tasks.of,
    requests: view.requests.of,
  };
  if (details.open) connectAgain();
}

function here() {
  lastSeen = Date.now();
  document.title = title;
  drawer.refresh();
  if (byId('connection').dataset['tone'] === 'good') return;
  byId('connection').dataset['tone'] = 'good';
  setText(byId('connection'), 'live');
  if (!byId('gone').hidden) connectAgain();
  byId('gone').hidden = true;
  byId('content').classList.remove('stale');
  drawer.showGone('');
}

/** @param {string} reason */
function gone(reason) {
  if (byId('connection').dataset['tone'] === 'bad') return;
  byId('connection').dataset['tone'] = 'bad';
  setText(byId('connection'), 'gone');
  document.title = 'gone · Prism Central simulator';
  const advice = 'If it was started anew it has a new certificate: reload this page to accept it.';
  const message = `The simulator does not answer since ${clock(lastSeen)} (${reason}). It is asked again every second. ${advice}`;
  setText(byId('gone'), message);
  drawer.showGone(message);
  byId('gone').hidden = false;
  byId('content').classList.add('stale');
}

let isPaused = false;
const askNow = poll({
  filter: () => filters.query,
  paused: () => isPaused,
  changed: show,
  answered: () => filters.answered(left),
  here,
  gone,
});
addShortcut(input('filter'), input('shortcut'));
setInterval(() => {
  if (!isPaused) showAges();
}, 1_000);
byId('clear-faults').addEventListener('click', () => void change('DELETE', 'faults'));
pause.addEventListener('click', () => {
  isPaused = !isPaused;
  setText(pause, isPaused ? 'Go on' : 'Pause');
  byId('connection').dataset['tone'] = isPaused ? 'warn' : 'quiet';
  setText(byId('connection'), isPaused ? `paused at ${clock(lastSeen)}` : 'asking');
  askNow();
});
document.querySelector('a[href="#connect"]')?.addEventListener('click', () => (details.open = true));
details.addEventListener('toggle', connectAgain);
void connect();
