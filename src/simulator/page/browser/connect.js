import { copyButton } from './buttons.js';
import { element, setChildren, setText } from './cells.js';
import { block } from './facts.js';
import { number } from './format.js';

/** @import { Connection, NamesOfKind } from '../workbench/workbench-shape.js' */

/**
 * What to export, and the names that can be used.
 * @param {HTMLElement} section
 * @returns {(connection: Connection) => void} brings it up to date
 */
export function addConnection(section) {
  let copied = '';
  const lines = block('environment variables to export');
  const remark = element('p', { className: 'faint' });
  const kinds = element('dl', { className: 'names' });
  const heading = element('div', { className: 'heading' }, [
    element('h3', { text: 'Export this' }),
    element('span', { className: 'faint', text: 'for docker-machine, rancher-machine and nutanix-hosts' }),
    ...copyButton(() => copied, 'Copy the environment variables'),
  ]);
  const example = element('p', { className: 'faint' }, [
    'Then, for example: ',
    element('code', { text: 'docker-machine create -d nutanix web-1' }),
  ]);
  section.replaceChildren(
    element('div', { className: 'part' }, [heading, lines, remark, example]),
    element('div', { className: 'part' }, [element('h3', { text: 'Names that can be used' }), kinds]),
  );
  return ({ shell, note, names }) => {
    copied = shell;
    setText(lines, shell);
    setText(remark, note ?? '');
    remark.hidden = note === undefined;
    setChildren(kinds, names, () => names.map(namesOfKind));
  };
}

/** @param {NamesOfKind} kind */
function namesOfKind({ title, option, names }) {
  const shown = names.rows.map(({ name, note }) =>
    element('li', {}, [
      element('bdi', { className: 'mono', text: name }),
      element('span', { className: 'faint', text: note }),
    ]),
  );
  const more = names.of - names.rows.length;
  if (more > 0) shown.push(element('li', { className: 'faint', text: `and ${number(more)} more` }));
  return element('div', {}, [
    element('dt', {}, [title, ' ', element('code', { text: option })]),
    element('dd', {}, [element('ul', { className: 'rows' }, shown)]),
  ]);
}
