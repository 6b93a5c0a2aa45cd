import { button, cautiousButton, setUsable } from './buttons.js';
import { element, setChildren, setText } from './cells.js';
import { TASK_COLUMNS, toneOf } from './columns.js';
import { block, part, setFacts, setList } from './facts.js';
import { bytes, memory } from './format.js';
import { Table } from './table.js';
import { openTerminal } from './terminal.js';
import { send } from './workbench.js';

/** @import { ActionButton, VmDetails } from '../workbench/workbench-shape.js' */
/** @import { Drawer } from './drawer.js' */

/**
 * @param {Drawer} drawer
 * @param {string} uuid
 * @returns {import('./drawer.js').Design}
 */
export function vmDesign(drawer, uuid) {
  return (content, refresh) => {
    const facts = element('dl', { className: 'facts' });
    const actions = element('ul', { className: 'actions' });
    /** What became of the button that was pressed last. */
    const result = element('p', { className: 'faint' });
    result.setAttribute('role', 'status');
    let acted = '';
    /** @type {ReadonlyMap<string, HTMLButtonElement>} */
    let buttons = new Map();
    const disks = element('ul', { className: 'rows' });
    const nics = element('ul', { className: 'rows' });
    const userData = block('user data');
    const metaData = block('meta data');
    const given = part('User data', [
      element('p', { className: 'faint', text: 'What can hold a secret is hidden by the server.' }),
      userData,
    ]);
    const meta = part('Meta data', [metaData]);
    const tasks = element('section', { className: 'part' }, [element('h3', { text: 'What was done to it' })]);
    tasks.id = 'vm-tasks';
    const console = element('section', { className: 'part' }, [element('h3', { text: 'Terminal' })]);
    content.append(
      facts,
      part('Power', [actions, result]),
      console,
      part('Disks', [disks]),
      part('Network', [nics]),
    );
    content.append(given, meta, tasks);
    const history = new Table(tasks, { keyOf: ({ uuid: key }) => key, columns: TASK_COLUMNS });
    const note = element('p', { className: 'faint' });
    const opener = button('Open a terminal', () => {
      opener.hidden = true;
      note.hidden = true;
      const frame = openTerminal(uuid, (message) => {
        const { activeElement } = document;
        const hadFocus = activeElement === document.body || frame.contains(activeElement);
        setText(note, message);
        note.hidden = false;
        opener.hidden = false;
        frame.remove();
        if (hadFocus) opener.focus();
      });
      drawer.whenClosed(() => frame.dispatchEvent(new Event('hangup')));
      console.append(frame);
    });
    console.append(note, opener);
    const act = async (/** @type {ActionButton} */ { action, title }) => {
      try {
        await send('POST', `vms/${uuid}/actions/${action}`);
        acted = title;
        await refresh();
      } catch (error) {
        drawer.complain(error instanceof Error ? error.message : String(error));
      }
    };

    return (/** @type {VmDetails} */ vm) => {
      setFacts(facts, factsOf(vm));
      // Built once: a button that is pressed stays the same, and keeps the focus.
      const texts = vm.actions.map(({ action, title, words }) => [action, title, words]);
      setChildren(actions, [vm.name, texts], () => {
        buttons = new Map(vm.actions.map((action) => [action.action, actionButton(vm, action, act)]));
        return vm.actions.map((action) => actionLine(action, buttons.get(action.action)));
      });
      for (const { action, fits } of vm.actions) {
        const node = buttons.get(action);
        if (node !== undefined) setUsable(node, fits);
      }
      const [latest] = vm.tasks;
      if (acted !== '' && latest !== undefined)
        setText(result, `${acted}: ${latest.status.toLowerCase()}${latest.error ? `, ${latest.error}` : ''}`);
      setList(disks, vm.disks, diskCells, 'No disk.');
      setList(nics, vm.nics, nicCells, 'No NIC.');
      given.hidden = vm.userData === undefined;
      setText(userData, vm.userData ?? '');
      meta.hidden = vm.metaData === undefined;
      setText(metaData, vm.metaData ?? '');
      history.show(vm.tasks, 'No task.');
      setUsable(opener, vm.hasTerminal);
      if (!vm.hasTerminal) setText(note, NO_TERMINAL);
      else if (note.textContent === NO_TERMINAL) setText(note, '');
    };
  };
}

const NO_TERMINAL =
  'Only an emulated guest that is on has a terminal here; docker-machine ssh reaches the others.';

/**
 * @param {VmDetails} vm
 * @returns {readonly import('./facts.js').Fact[]}
 */
function factsOf(vm) {
  return [
    ['State', `${vm.power.toLowerCase()}, ${vm.state.toLowerCase()}`],
    ['Failed because', vm.failure],
    ['Where', vm.host === undefined ? vm.cluster : `${vm.cluster} / ${vm.host}`],
    ['CPUs', vm.cpus],
    ['Memory', memory(vm.memoryMiB)],
    ['Project', vm.project],
    ['Owner', vm.owner],
    ['Owner tag', vm.ownerTags],
    ['Description', vm.description],
    ['Categories', vm.categories],
    ['Made', new Date(vm.createdAt).toLocaleString()],
    ['Changed', new Date(vm.updatedAt).toLocaleString()],
    ['UUID', vm.uuid],
  ];
}

/**
 * @param {VmDetails} vm
 * @param {ActionButton} action
 * @param {(action: ActionButton) => Promise<void>} act
 */
function actionButton(vm, action, act) {
  if (!action.final) return button(action.title, () => void act(action));
  const question = ['Really delete ', element('bdi', { text: vm.name }), '?'];
  return cautiousButton(action.title, question, () => void act(action));
}

/**
 * @param {ActionButton} action
 * @param {HTMLButtonElement | undefined} node
 */
function actionLine({ words }, node) {
  const cells = [node ?? '', element('span', { className: 'faint', text: words })];
  return element('li', {}, cells);
}

/** @param {VmDetails['disks'][number]} disk */
function diskCells({ slot, type, sizeBytes, from, uuid }) {
  return [
    element('span', { className: 'mono', text: slot, title: uuid }),
    type,
    sizeBytes === undefined ? '' : bytes(sizeBytes),
    element('span', { className: 'faint', text: from === undefined ? '' : `from ${from}` }),
  ];
}

/** @param {VmDetails['nics'][number]} nic */
function nicCells({ macAddress, subnet, connected, addresses }) {
  const ips = addresses.map(({ ip, learned }) =>
    element('div', { text: learned ? `${ip} (learned)` : ip, className: 'mono' }),
  );
  return [
    element('span', { text: subnet }),
    element('span', {}, ips),
    element('span', { className: 'mono', text: macAddress }),
    element('span', {
      className: 'badge',
      text: connected ? 'connected' : 'cut off',
      tone: toneOf(connected ? 'ON' : 'ERROR'),
    }),
  ];
}
