import { setText } from './cells.js';
import { age } from './format.js';

/** Server's clock less the browser's, in ms. */
let offset = 0;

/** @param {number} serverTime */
export function setServerTime(serverTime) {
  offset = serverTime - Date.now();
}

/**
 * An age that grows by itself.
 * @param {Element} cell
 * @param {number} at
 */
export function setMoment(cell, at) {
  const known = cell.firstElementChild;
  const time = known instanceof HTMLTimeElement ? known : document.createElement('time');
  const moment = new Date(at).toISOString();
  if (time.dateTime !== moment) {
    time.dateTime = moment;
    time.title = new Date(at).toString();
  }
  if (time !== known) cell.replaceChildren(time);
  showAge(time);
}

export function showAges() {
  for (const time of document.querySelectorAll('time')) showAge(time);
}

/** @param {HTMLTimeElement} time */
function showAge(time) {
  setText(time, age(Date.now() + offset - Date.parse(time.dateTime)));
}
