import { button } from './buttons.js';
import { element } from './cells.js';
import { block } from './facts.js';
import { Screen } from './screen.js';
import { Refused, send } from './workbench.js';

const [CTRL_C, CTRL_D] = ['\x03', '\x04'];
const MOST_REMEMBERED = 100;

/**
 * A terminal at the console of a VM: what it shows, and a line to type in. Lines go when Enter is pressed, so that
 * Tab and Escape keep the meaning that they have everywhere on the page. The event `hangup` closes it.
 * @param {string} vm UUID
 * @param {(message: string) => void} ended
 */
export function openTerminal(vm, ended) {
  const screen = new Screen();
  const output = block('what the terminal shows');
  const lines = new Lines(output);
  output.setAttribute('role', 'log');
  const line = element('input', { className: 'line' });
  line.type = 'text';
  line.autocomplete = 'off';
  line.spellcheck = false;
  line.maxLength = 4_000;
  line.setAttribute('aria-label', 'Line for the terminal');
  line.setAttribute('autocapitalize', 'off');
  line.placeholder = 'a command, then Enter';
  // What is typed before the terminal is there would go nowhere.
  line.disabled = true;
  const closing = new AbortController();
  let id = '';
  /** Keys go one request after the other, so that they arrive in order. */
  let sent = Promise.resolve();
  const type = (/** @type {string} */ keys) => {
    sent = sent.then(async () => {
      if (id === '' || closing.signal.aborted) return;
      await send('POST', `terminals/${id}`, { text: keys, signal: closing.signal }).catch(() => undefined);
    });
  };
  const submit = lineKeys(line, type);
  const stop = button('Ctrl-C', () => type(CTRL_C), { label: 'Ctrl-C: interrupt what runs' });
  const end = button('Close terminal', () => closing.abort());
  const frame = element('div', { className: 'terminal' }, [
    output,
    element('div', { className: 'heading' }, [line, stop, end]),
  ]);
  frame.addEventListener('hangup', () => closing.abort());
  line.addEventListener('keydown', submit);

  const show = (/** @type {string} */ text) => {
    screen.write(text);
    const isAtEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 40;
    lines.show(screen.shown);
    if (isAtEnd) output.scrollTop = output.scrollHeight;
  };
  const listen = async () => {
    try {
      const answer = await send('POST', `vms/${vm}/terminal`, { signal: closing.signal });
      id = answer.headers.get('X-Terminal') ?? '';
      line.disabled = false;
      line.focus();
      const decoder = new TextDecoder();
      const reader = answer.body?.getReader();
      for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
        show(decoder.decode(part.value, { stream: true }));
      }
      ended('The login is over.');
    } catch (error) {
      if (closing.signal.aborted) ended('');
      else if (error instanceof Refused) ended(error.message);
      else ended(`The terminal is cut off (${error instanceof Error ? error.message : String(error)}).`);
    }
  };
  void listen();
  return frame;
}

/** A text node for each line: what is selected stays so, and what is read aloud is only what is new. */
class Lines {
  #node;
  /** Of the first line. */
  #number = 0;

  /** @param {HTMLElement} node */
  constructor(node) {
    this.#node = node;
  }

  /** @param {Screen['shown']} shown */
  show({ before, lines }) {
    while (this.#node.firstChild !== null && this.#number < before) {
      this.#node.firstChild.remove();
      this.#number += 1;
    }
    this.#number = before;
    // Only the last line can change, as one of those that follow did not exist.
    for (let at = Math.max(0, this.#node.childNodes.length - 1); at < lines.length; at += 1) {
      const text = `${lines[at]}${at === lines.length - 1 ? '' : '\n'}`;
      const known = this.#node.childNodes[at];
      if (known === undefined) this.#node.append(text);
      else if (known.textContent !== text) known.textContent = text;
    }
  }
}

/**
 * What keys do in the line: Enter sends it, the arrows bring earlier lines back.
 * @param {HTMLInputElement} line
 * @param {(keys: string) => void} type
 */
function lineKeys(line, type) {
  /** @type {string[]} */
  const earlier = [];
  let place = 0;
  return (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.ctrlKey && event.key === 'c' && line.selectionStart === line.selectionEnd) type(CTRL_C);
    else if (event.ctrlKey && event.key === 'd' && line.value === '') type(CTRL_D);
    else if (event.key === 'Enter') {
      type(`${line.value}\r`);
      if (line.value !== '' && line.value !== earlier.at(-1)) earlier.push(line.value);
      if (earlier.length > MOST_REMEMBERED) earlier.shift();
      place = earlier.length;
      line.value = '';
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      place = Math.min(earlier.length, Math.max(0, place + (event.key === 'ArrowUp' ? -1 : 1)));
      line.value = earlier[place] ?? '';
    } else return;
    event.preventDefault();
  };
}
