import { focusOn } from './buttons.js';
import { element, setText } from './cells.js';
import { number } from './format.js';

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {boolean} [isTitleUnseen] for those only who hear the page
 * @property {string} [className] `wide`, `middling` = left out on small and very small screens; the others as page.css has them
 * @property {(cell: HTMLTableCellElement, row: Row) => void} show brings a cell up to date
 */

/**
 * Rows with keys: a row that stays is the same element, and keeps focus, selection and place.
 * @template Row
 */
export class Table {
  /** @type {Map<string, { readonly node: HTMLTableRowElement, shown: string }>} */
  #rows = new Map();
  #body = element('tbody');
  #empty = element('p', { className: 'empty' });
  #more = element('span', { className: 'more' });
  #frame = element('div', { className: 'frame' });
  /** @type {HTMLElement} */
  #section;

  /**
   * @param {HTMLElement} section what is in it becomes the heading of the table
   * @param {{ readonly keyOf: (row: Row) => string, readonly columns: readonly Column<Row>[] }} design
   */
  constructor(section, design) {
    this.keyOf = design.keyOf;
    this.columns = design.columns;
    const title = section.querySelector('h2, h3');
    this.#more.id = `${section.id}-more`;
    title?.after(this.#more);
    const heading = element('div', { className: 'heading' }, [...section.children]);
    // Scrolls by itself, so the keyboard has to reach it.
    this.#frame.tabIndex = 0;
    this.#frame.setAttribute('role', 'group');
    this.#frame.setAttribute('aria-label', title?.textContent ?? '');
    const titles = this.columns.map(({ title, className = '', isTitleUnseen = false }) => {
      const cell = isTitleUnseen
        ? element('th', { className }, [element('span', { text: title, className: 'unseen' })])
        : element('th', { text: title, className });
      cell.scope = 'col';
      return cell;
    });
    const head = element('thead', {}, [element('tr', {}, titles)]);
    this.#frame.append(element('table', {}, [head, this.#body]));
    this.#frame.hidden = true;
    section.append(heading, this.#frame, this.#empty);
    this.#section = section;
  }

  /**
   * @param {readonly Row[]} rows
   * @param {string} otherwise what to say when there is none
   * @param {string} [more] what the heading says of rows that are left out
   */
  show(rows, otherwise, more = '') {
    setText(this.#more, more);
    const held = this.#heldRow();
    const focus = this.#focusedCell();
    this.#showRows(rows);
    // Rows that arrive above what is being read must not move it.
    if (held?.node.isConnected) this.#frame.scrollTop += held.node.getBoundingClientRect().top - held.top;
    this.#frame.hidden = rows.length === 0;
    setText(this.#empty, otherwise);
    this.#empty.hidden = rows.length > 0;
    if (focus?.row.isConnected === false) this.#focusNear(focus);
  }

  #focusedCell() {
    const cell = this.#body.contains(document.activeElement)
      ? document.activeElement?.closest('td')
      : undefined;
    const row = cell?.closest('tr');
    return cell && row ? { row, index: row.sectionRowIndex, column: cell.cellIndex } : undefined;
  }

  /**
   * The row with the focus is gone: the one that took its place has it now, or else the table.
   * @param {{ readonly index: number, readonly column: number }} focus
   */
  #focusNear({ index, column }) {
    const { rows } = this.#body;
    const next = rows[Math.min(index, rows.length - 1)]?.cells[column]?.querySelector('button');
    if (next) next.focus();
    else focusOn(this.#section);
  }

  /** The first row in sight, and where it is, while the list is scrolled, pointed at or holds the focus. */
  #heldRow() {
    const isRead = this.#frame.scrollTop > 0 || this.#frame.matches(':hover, :focus-within');
    if (!isRead) return undefined;
    const { top } = this.#body.getBoundingClientRect();
    const sight = top + this.#frame.scrollTop;
    for (const node of this.#body.rows) {
      const box = node.getBoundingClientRect();
      if (box.bottom > sight) return { node, top: box.top };
    }
    return undefined;
  }

  /** @param {readonly Row[]} rows */
  #showRows(rows) {
    const keys = new Set(rows.map((row) => this.keyOf(row)));
    for (const [key, { node }] of this.#rows) {
      if (keys.has(key)) continue;
      node.remove();
      this.#rows.delete(key);
    }
    let next = this.#body.firstElementChild;
    for (const row of rows) {
      const node = this.#upToDate(row);
      if (node === next) next = next.nextElementSibling;
      else this.#body.insertBefore(node, next);
    }
  }

  /** @param {Row} row */
  #upToDate(row) {
    const key = this.keyOf(row);
    const content = JSON.stringify(row);
    let known = this.#rows.get(key);
    if (known === undefined) {
      known = { node: this.#newRow(), shown: '' };
      this.#rows.set(key, known);
    }
    if (known.shown !== content) {
      known.shown = content;
      [...known.node.cells].forEach((cell, index) => this.columns[index]?.show(cell, row));
    }
    return known.node;
  }

  #newRow() {
    return element(
      'tr',
      {},
      this.columns.map(({ className = '' }) => element('td', { className })),
    );
  }
}

/**
 * What a table leaves out.
 * @param {{ readonly rows: readonly unknown[], readonly of: number }} excerpt
 */
export function moreThan({ rows, of }) {
  return of > rows.length ? `the newest ${number(rows.length)}, and ${number(of - rows.length)} more` : '';
}
