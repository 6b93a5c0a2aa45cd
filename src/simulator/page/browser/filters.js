import { setText } from './cells.js';
import { number } from './format.js';

/** How long nothing is typed before it is said how many rows are left: not after each letter. */
const TYPED_MS = 700;

/**
 * The filters above the lists, by their names in the query of the view. How many rows one leaves is said to those who hear
 * the page (WCAG 4.1.3): once for each change of theirs, and never because rows come and go by themselves.
 */
export class Filters {
  /** @type {Readonly<Record<string, HTMLInputElement | HTMLSelectElement>>} */
  #inputs;
  /** @type {HTMLElement} */
  #status;
  /** @type {() => void} */
  #ask;
  /** The part of the page whose filter was changed, until it is said what is left there.
   * @type {HTMLElement | null} */
  #section = null;
  #isAnswered = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;
  /** @type {Readonly<Record<string, number>>} */
  #left = {};

  /**
   * @param {Readonly<Record<string, HTMLInputElement | HTMLSelectElement>>} inputs
   * @param {HTMLElement} status where it is said
   * @param {() => void} ask for the rows that a change leaves
   */
  constructor(inputs, status, ask) {
    this.#inputs = inputs;
    this.#status = status;
    this.#ask = ask;
    for (const input of Object.values(inputs)) {
      input.addEventListener('input', () => this.#changed(input));
      if (input instanceof HTMLSelectElement) continue;
      input.addEventListener('keydown', ({ key }) => {
        if (key !== 'Escape') return;
        input.value = '';
        this.#changed(input);
      });
    }
  }

  /**
   * What was chosen, without what lets all through.
   * @returns {Readonly<Record<string, string>>}
   */
  get query() {
    const chosen = Object.entries(this.#inputs).filter(([, { value }]) => value !== '');
    return Object.fromEntries(chosen.map(([name, { value }]) => [name, value]));
  }

  /**
   * The page shows what fits the filters.
   * @param {Readonly<Record<string, number>>} left rows by the id of their section, those that are not shown included
   */
  answered(left) {
    this.#left = left;
    this.#isAnswered = true;
    this.#say();
  }

  /** @param {HTMLElement} input */
  #changed(input) {
    this.#section = input.closest('section');
    this.#isAnswered = false;
    // As many as before are said again: a text that stays is not heard.
    setText(this.#status, '');
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#typing = undefined;
      this.#say();
    }, TYPED_MS);
    this.#ask();
  }

  #say() {
    const section = this.#section;
    if (section === null || !this.#isAnswered || this.#typing !== undefined) return;
    this.#section = null;
    const left = this.#left[section.id] ?? 0;
    const isFiltered = Object.values(this.#inputs).some((input) => section.contains(input) && input.value);
    const found = `${left === 0 ? 'none' : number(left)} ${left > 1 ? 'match' : 'matches'}`;
    const title = section.querySelector('h2')?.textContent;
    setText(this.#status, `${title}: ${isFiltered ? found : `${number(left)} in all`}`);
  }
}
