/** In what the browser keeps for this page: `off`, or nothing. */
const STORED_AS = 'shortcut';

/**
 * The key `/` leads to a filter. A key without Ctrl or Alt is hit by chance, and by what is dictated to a computer: it can be
 * turned off (WCAG 2.1.4), and stays so.
 * @param {HTMLInputElement} filter
 * @param {HTMLInputElement} setting a checkbox
 */
export function addShortcut(filter, setting) {
  const { placeholder } = filter;
  const show = () => {
    filter.placeholder = setting.checked ? `${placeholder}  ( / )` : placeholder;
    if (setting.checked) filter.setAttribute('aria-keyshortcuts', '/');
    else filter.removeAttribute('aria-keyshortcuts');
  };
  setting.checked = stored() !== 'off';
  show();
  setting.addEventListener('change', () => {
    store(setting.checked ? undefined : 'off');
    show();
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = document.activeElement?.matches('input:not([type=checkbox]), select');
    const isAnother = event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey;
    if (!setting.checked || isAnother || isTyping || document.querySelector('dialog[open]') !== null) return;
    event.preventDefault();
    filter.focus();
  });
}

/** Nothing in a browser that keeps nothing for pages: the setting is good until the page is left, then. */
function stored() {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

/** @param {string | undefined} value */
function store(value) {
  try {
    if (value === undefined) localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, value);
  } catch {
    // As above.
  }
}
