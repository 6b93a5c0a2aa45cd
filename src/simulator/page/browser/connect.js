import { copyButton } from './buttons.js';
import { element } from './cells.js';
import { block } from './facts.js';

/** @import { Connection, NamesOfKind } from '../workbench/workbench-shape.js' */

/**
 * What to export, and the names that can be used.
 * @param {HTMLElement} section
 * @param {Connection} connection
 */
export function showConnection(section, { shell, note, names }) {
  const lines = block('environment variables to export');
  lines.textContent = shell;
  const heading = element('div', { className: 'heading' }, [
    element('h3', { text: 'Export this' }),
    element('span', { className: 'faint', text: 'for docker-machine, rancher-machine and nutanix-hosts' }),
    copyButton(() => shell, 'Copy the environment variables'),
  ]);
  const notes = note === undefined ? [] : [element('p', { className: 'faint', text: note })];
  const example = element('p', { className: 'faint' }, [
    'Then, for example: ',
    element('code', { text: 'docker-machine create -d nutanix web-1' }),
  ]);
  section.replaceChildren(
    element('div', { className: 'part' }, [heading, lines, ...notes, example]),
    element('div', { className: 'part' }, [
      element('h3', { text: 'Names that can be used' }),
      element('dl', { className: 'names' }, names.map(namesOfKind)),
    ]),
  );
}

/** @param {NamesOfKind} kind */
function namesOfKind({ title, option, names }) {
  const shown = names.map(({ name, note }) =>
    element('li', {}, [
      element('bdi', { className: 'mono', text: name }),
      element('span', { className: 'faint', text: note }),
    ]),
  );
  return element('div', {}, [
    element('dt', {}, [title, ' ', element('code', { text: option })]),
    element('dd', {}, [element('ul', { className: 'rows' }, shown)]),
  ]);
}
