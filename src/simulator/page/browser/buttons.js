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
  node.addEventListener('click', () => {
    if (node.getAttribute('aria-disabled') !== 'true') press();
  });
  return node;
}

/**
 * A button that does nothing now stays where the keyboard can be: a `disabled` one would lose the focus when it is the very
 * one that was pressed.
 * @param {HTMLButtonElement} node
 * @param {boolean} isUsable
 */
export function setUsable(node, isUsable) {
  const disabled = String(!isUsable);
  if (node.getAttribute('aria-disabled') !== disabled) node.setAttribute('aria-disabled', disabled);
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
 * Copies a text, and says on the button that it did; to those who hear the page, beside it.
 * @param {() => string} text
 * @param {string} label
 */
export function copyButton(text, label) {
  const node = button('Copy', () => void copy(), { label });
  const status = element('span', { className: 'unseen' });
  status.setAttribute('role', 'status');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setText(node, 'Copied');
    } catch {
      setText(node, 'Select it and copy');
    }
    setText(status, node.textContent ?? '');
    setTimeout(() => {
      setText(node, 'Copy');
      setText(status, '');
    }, 2_000);
  };
  return [node, status];
}

/**
 * A button that wants to be pressed twice.
 * @param {string} text
 * @param {readonly (string | Node)[]} question
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
        node.replaceChildren(...question);
      }
    },
    { className: 'button final' },
  );
  node.addEventListener('blur', calm);
  return node;
}

/**
 * Gives the focus to a part of the page, because what had it is gone: from the top of the page the keyboard would have to
 * come all the way back.
 * @param {HTMLElement} node
 */
export function focusOn(node) {
  node.tabIndex = -1;
  node.addEventListener('blur', () => node.removeAttribute('tabindex'), { once: true });
  node.focus();
}
