import type { Excerpt } from './view-shape.js';

const LONGEST_TEXT = 240;

/** The first `most` of the items, in the page's form; the others are only counted. */
export function excerpt<Item, Row>(
  items: readonly Item[],
  most: number,
  row: (item: Item) => Row,
): Excerpt<Row> {
  return { rows: items.slice(0, most).map(row), of: items.length };
}

/** The last `most` of the items, the last one first. */
export function latest<Item, Row>(
  items: readonly Item[],
  most: number,
  row: (item: Item) => Row,
): Excerpt<Row> {
  return { rows: items.slice(-most).reverse().map(row), of: items.length };
}

/** Clients may send texts of any length; a cell of a table has no use for all of it. */
export function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
