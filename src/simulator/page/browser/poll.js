/** @import { View } from '../view-shape.js' */

const EVERY_MS = 1_000;
const AT_ONCE_MS = 100;
const ANSWER_LIMIT_MS = 5_000;

/**
 * Asks for the view again and again while the page can be seen, one request at a time.
 * @param {object} hooks
 * @param {() => Readonly<Record<string, string>>} hooks.filter
 * @param {() => boolean} hooks.paused
 * @param {(view: View) => void} hooks.changed the view is another one than before
 * @param {() => void} hooks.answered the page shows what was asked for last
 * @param {() => void} hooks.here the simulator answered, and the page is not paused
 * @param {(reason: string) => void} hooks.gone it did not, or not like a simulator
 * @returns {() => void} asks at once, also while paused
 */
export function poll({ filter, paused, changed, answered, here, gone }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let etag = '';
  /** Failed requests since the last answer. */
  let failures = 0;
  let current = new AbortController();

  const ask = async (isWanted = false) => {
    clearTimeout(timer);
    current.abort();
    const mine = new AbortController();
    current = mine;
    if (document.hidden || (paused() && !isWanted)) return;
    const limit = setTimeout(
      () => mine.abort(new Error(`no answer within ${ANSWER_LIMIT_MS / 1000} s`)),
      ANSWER_LIMIT_MS,
    );
    try {
      const response = await fetch(`simulator/view?${new URLSearchParams(filter())}`, {
        headers: etag === '' ? {} : { 'If-None-Match': etag },
        cache: 'no-store',
        signal: mine.signal,
      });
      if (response.status !== 200 && response.status !== 304) throw new Error(`HTTP ${response.status}`);
      if (response.status === 200) {
        /** @type {View} */
        const view = await response.json();
        if (mine !== current) return;
        changed(view);
        etag = response.headers.get('ETag') ?? '';
      }
      failures = 0;
      if (mine !== current) return;
      answered();
      if (!paused()) here();
    } catch (error) {
      if (mine === current) failures += 1;
      // A browser breaks off a request when an address of the computer comes or goes: that alone says nothing of the
      // simulator. `fetch` fails so with a TypeError.
      const isFirst = failures === 1 && error instanceof TypeError;
      if (mine === current && !isFirst) gone(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(limit);
      if (mine === current) timer = setTimeout(() => void ask(), failures === 1 ? AT_ONCE_MS : EVERY_MS);
    }
  };

  document.addEventListener('visibilitychange', () => void ask());
  void ask();
  return () => void ask(true);
}
