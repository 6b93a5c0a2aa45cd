import { element, setChildren } from './cells.js';

/** @typedef {readonly [title: string, value: string | readonly string[] | undefined]} Fact */

/**
 * Names and values; those without a value are left out.
 * @param {HTMLElement} list a `dl`
 * @param {readonly Fact[]} facts
 */
export function setFacts(list, facts) {
  const known = facts.filter(([, value]) => value !== undefined && value.length > 0);
  setChildren(list, known, () =>
    known.flatMap(([title, value]) => {
      const values = typeof value === 'string' ? [value] : (value ?? []);
      return [element('dt', { text: title }), ...values.map((text) => element('dd', { text }))];
    }),
  );
}

/**
 * A heading, and below it what is added to it.
 * @param {string} title
 * @param {readonly Node[]} content
 */
export function part(title, content) {
  return element('section', { className: 'part' }, [element('h3', { text: title }), ...content]);
}

/**
 * A text as it is, in a frame that the keyboard can scroll.
 * @param {string} label
 */
export function block(label) {
  const node = element('pre', { className: 'block' });
  node.tabIndex = 0;
  node.setAttribute('role', 'group');
  node.setAttribute('aria-label', label);
  return node;
}

/**
 * One line for each; `none` when there is nothing.
 * @template Item
 * @param {HTMLElement} list a `ul`
 * @param {readonly Item[]} items
 * @param {(item: Item) => readonly (string | Node)[]} line
 * @param {string} none
 */
export function setList(list, items, line, none) {
  setChildren(list, items, () =>
    items.length === 0
      ? [element('li', { className: 'faint', text: none })]
      : items.map((item) => {
          const node = element('li');
          node.append(
            ...line(item).map((cell) => (typeof cell === 'string' ? element('span', { text: cell }) : cell)),
          );
          return node;
        }),
  );
}
