import { element, setText } from './cells.js';
import { button, focusOn } from './buttons.js';
import { read, Refused } from './workbench.js';

/** @typedef {(content: HTMLElement, refresh: () => Promise<void>) => (details: any) => void} Design */

/**
 * A panel for the details of one thing, asked for again whenever the page is. The browser itself gives the focus back,
 * closes it by Escape and keeps the rest of the page from being reached meanwhile.
 */
export class Drawer {
  #dialog = element('dialog', { className: 'drawer' });
  #title = element('h2');
  #kind = element('p', { className: 'faint' });
  #problem = element('p', { className: 'notice' });
  /** The page's own notice cannot be seen nor heard behind the panel. */
  #gone = element('p', { className: 'notice' });
  #content = element('div', { className: 'details' });
  /** @type {(() => Promise<void>) | undefined} */
  #refresh;
  /** @type {(() => void) | undefined} */
  #onClose;
  #button = button('Close', () => this.#close(), { label: 'Close details' });
  /** @type {Element | null} */
  #opener = null;
  /** Where what opened it is: it may be gone when the panel closes.
   * @type {HTMLElement | null | undefined} */
  #section;

  constructor() {
    const heading = element('div', { className: 'heading' }, [
      element('div', {}, [this.#kind, this.#title]),
      this.#button,
    ]);
    this.#title.id = 'drawer-title';
    this.#dialog.setAttribute('aria-labelledby', 'drawer-title');
    this.#problem.setAttribute('role', 'alert');
    this.#gone.setAttribute('role', 'alert');
    this.#gone.hidden = true;
    this.#dialog.append(heading, this.#gone, this.#problem, this.#content);
    // A click beside the panel is one on the dialog's backdrop.
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#close();
    });
    // Escape, and what else a browser closes panels by.
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.#close();
    });
    document.body.append(this.#dialog);
  }

  /**
   * @param {string} kind e.g. `Virtual machine`
   * @param {string} name
   * @param {string} path of its details
   * @param {Design} design
   */
  open(kind, name, path, design) {
    this.#onClose?.();
    this.#onClose = undefined;
    setText(this.#kind, kind);
    setText(this.#title, name);
    this.#problem.hidden = true;
    this.#content.replaceChildren();
    this.#content.inert = false;
    this.#opener = document.activeElement;
    this.#section = this.#opener?.closest('section');
    let asked = 0;
    let shown = 0;
    // What was asked for later may be answered earlier: what is shown is never replaced by what is older.
    const isNews = (/** @type {number} */ turn) => this.#refresh === refresh && turn > shown;
    const refresh = async () => {
      const turn = (asked += 1);
      try {
        const details = await read(path);
        if (!isNews(turn)) return;
        shown = turn;
        this.#problem.hidden = true;
        show(details);
      } catch (error) {
        if (!isNews(turn) || !(error instanceof Refused)) return;
        shown = turn;
        this.complain(error.message);
        if (error.status === 404) this.#lost();
      }
    };
    this.#refresh = refresh;
    const show = design(this.#content, refresh);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
    void refresh();
  }

  /** @param {string} problem */
  complain(problem) {
    setText(this.#problem, problem);
    this.#problem.hidden = false;
  }

  /**
   * Tells that the simulator does not answer; an empty text, that it does.
   * @param {string} message
   */
  showGone(message) {
    setText(this.#gone, message);
    this.#gone.hidden = message === '';
    this.#content.classList.toggle('stale', message !== '');
  }

  /** What is shown is there no more: it can be read still, and nothing can be done to it. */
  #lost() {
    this.#refresh = undefined;
    const hadFocus =
      this.#content.contains(document.activeElement) || document.activeElement === document.body;
    this.#content.inert = true;
    if (hadFocus) this.#button.focus();
  }

  /**
   * Something to end with the panel.
   * @param {() => void} end
   */
  whenClosed(end) {
    this.#onClose = end;
  }

  refresh() {
    void this.#refresh?.();
  }

  /**
   * All in one task: the event `close` would come in a later one, and until then the focus would be on what cannot be seen
   * any more.
   */
  #close() {
    this.#refresh = undefined;
    this.#onClose?.();
    this.#onClose = undefined;
    // The browser gives the focus back, if there is still what had it.
    this.#dialog.close();
    if (this.#opener?.isConnected === false && this.#section) focusOn(this.#section);
    this.#opener = null;
  }
}
