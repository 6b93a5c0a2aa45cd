/**
 * What cells show. Names and paths come from clients of the API: they only ever become text nodes. Nothing is
 * touched that shows what it should already.
 */

/**
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {{ className?: string, text?: string, tone?: string, title?: string }} [properties]
 * @param {readonly (string | Node)[]} [children]
 */
export function element(tag, { className, text, tone, title } = {}, children = []) {
  const node = document.createElement(tag);
  if (className !== undefined) node.className = className;
  if (text !== undefined) node.textContent = text;
  if (tone !== undefined) node.dataset['tone'] = tone;
  if (title !== undefined) node.title = title;
  node.append(...children);
  return node;
}

/** @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Gives `node` other children, if `content` (what they are made from) is not what it shows.
 * @param {Element} node
 * @param {unknown} content
 * @param {() => readonly Node[]} children
 */
export function setChildren(node, content, children) {
  const signature = JSON.stringify(content);
  if (shown.get(node) === signature) return;
  shown.set(node, signature);
  node.replaceChildren(...children());
}

/**
 * The first of several values, one a line, and how many more there are.
 * @template Item
 * @param {Element} node
 * @param {{ readonly rows: readonly Item[], readonly of: number }} excerpt
 * @param {(item: Item) => Node} line
 */
export function setLines(node, excerpt, line) {
  setChildren(node, excerpt, () => {
    const more = excerpt.of - excerpt.rows.length;
    const lines = excerpt.rows.map((item) => element('div', {}, [line(item)]));
    return more === 0 ? lines : [...lines, element('div', { className: 'faint', text: `and ${more} more` })];
  });
}

/**
 * A word with a colour that says the same.
 * @param {Element} node
 * @param {string} text
 * @param {string} tone
 */
export function setBadge(node, text, tone) {
  setChildren(node, [text, tone], () => [element('span', { className: 'badge', text, tone })]);
}
