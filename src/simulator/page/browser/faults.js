import { button } from './buttons.js';
import { element } from './cells.js';
import { send } from './workbench.js';

/** @import { FaultButton } from '../workbench/workbench-shape.js' */
/** @import { FaultRow } from '../view-shape.js' */

/**
 * Buttons for the faults that are ready, each with what clients will see of it.
 * @param {HTMLElement} section
 * @param {readonly FaultButton[]} ready
 * @param {{ readonly changed: () => void, readonly complain: (problem: string) => void }} hooks
 * @returns {(rules: readonly FaultRow[]) => void} brings the buttons up to date
 */
export function addFaultButtons(section, ready, { changed, complain }) {
  const times = element('select');
  times.id = 'fault-times';
  for (const [value, text] of [
    ['1', 'once'],
    ['3', 'three times'],
    ['', 'until it is cleared'],
  ])
    times.append(new Option(text, value));
  const label = element('label', { text: 'Strike ' }, [times]);
  /** @type {Map<string, HTMLButtonElement>} */
  const buttons = new Map();
  /** @type {ReadonlySet<string>} */
  let active = new Set();

  const press = async (/** @type {string} */ title) => {
    try {
      if (active.has(title)) await send('DELETE', `faults/${encodeURIComponent(title)}`);
      else
        await send('POST', 'faults', { json: { title, ...(times.value && { times: Number(times.value) }) } });
      complain('');
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error));
    }
    changed();
  };
  const line = (/** @type {FaultButton} */ { title, words }) => {
    const node = button(title, () => void press(title));
    node.setAttribute('aria-pressed', 'false');
    buttons.set(title, node);
    return element('li', {}, [node, element('span', { className: 'faint', text: words })]);
  };
  const groups = [...new Set(ready.map(({ group }) => group))].map((group) =>
    element('div', { className: 'part' }, [
      element('h3', { text: group }),
      element('ul', { className: 'actions' }, ready.filter((one) => one.group === group).map(line)),
    ]),
  );
  section.append(
    element('p', {
      className: 'faint',
      text: 'Press one to inject it, and once more to clear it. Rules from a file or from the API are listed above.',
    }),
    label,
    element('div', { className: 'groups' }, groups),
  );
  return (rules) => {
    // One that has struck as often as it may is over.
    active = new Set(
      rules.filter(({ times, struck }) => times === undefined || struck < times).map(({ name }) => name),
    );
    for (const [title, node] of buttons) {
      const pressed = String(active.has(title));
      if (node.getAttribute('aria-pressed') !== pressed) node.setAttribute('aria-pressed', pressed);
    }
  };
}
