import { element, setText } from './cells.js';

/**
 * @param {string} text
 * @param {() => void} press
 * @param {{ className?: string, label?: string }} [properties] `label`: what it is called where its text is not enough
 */
export function button(text, press, { className = 'button', label } = {}) {
  const node = element('button', { text, className });
  node.type = 'button';
  if (label !== undefined) node.setAttribute('aria-label', label);
  node.addEventListener('click', press);
  return node;
}

/**
 * A button that opens details; looks like a text.
 * @param {HTMLElement} cell
 * @param {string} text
 * @param {() => void} press
 */
export function setOpener(cell, text, press) {
  const known = cell.querySelector('button');
  if (known !== null) setText(known, text);
  else cell.replaceChildren(button(text, press, { className: 'opener' }));
}

/**
 * Copies a text, and says on the button that it did.
 * @param {() => string} text
 * @param {string} label
 */
export function copyButton(text, label) {
  const node = button('Copy', () => void copy(), { label });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setText(node, 'Copied');
    } catch {
      setText(node, 'Select it and copy');
    }
    setTimeout(() => setText(node, 'Copy'), 2_000);
  };
  return node;
}

/**
 * A button that wants to be pressed twice.
 * @param {string} text
 * @param {string} question
 * @param {() => void} press
 */
export function cautiousButton(text, question, press) {
  let armed = false;
  const calm = () => {
    armed = false;
    setText(node, text);
  };
  const node = button(
    text,
    () => {
      if (armed) {
        calm();
        press();
      } else {
        armed = true;
        setText(node, question);
      }
    },
    { className: 'button final' },
  );
  node.addEventListener('blur', calm);
  return node;
}
