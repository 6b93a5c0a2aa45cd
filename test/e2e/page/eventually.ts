import type { Page } from 'playwright-core';

/** As long as the page itself is waited for (Viewer). */
export const LIMIT_MS = 60_000;
const EVERY_MS = 50;

/**
 * `expect` of what a page shows: reads again until it fits, because a busy browser draws it after what the test has waited for
 * so far. At the limit it fails as `expect` did last, with expected and received. Not for what has to stay as it is: that
 * is read once, after something that proves that it is over.
 */
export function eventually(read: () => Promise<unknown>) {
  const until = async (fits: (expectation: jest.JestMatchers<unknown>) => void): Promise<void> => {
    for (const end = Date.now() + LIMIT_MS; ;) {
      try {
        fits(expect(await read()));
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  return {
    toBe: (expected: unknown) => until((it) => it.toBe(expected)),
    toEqual: (expected: unknown) => until((it) => it.toEqual(expected)),
    toMatch: (expected: RegExp) => until((it) => it.toMatch(expected)),
    toContain: (expected: unknown) => until((it) => it.toContain(expected)),
    toContainEqual: (expected: unknown) => until((it) => it.toContainEqual(expected)),
    toMatchObject: (expected: object) => until((it) => it.toMatchObject(expected)),
    toBeLessThan: (expected: number) => until((it) => it.toBeLessThan(expected)),
    toBeGreaterThan: (expected: number) => until((it) => it.toBeGreaterThan(expected)),
  };
}

/**
 * Listens to what one node of the page says from now on, however short: the texts of what is added to it or changed in it,
 * each part of it once, as it is in the end.
 */
export async function heardFrom(page: Page, selector: string): Promise<() => Promise<string[]>> {
  const heard = await page.evaluateHandle(`(() => {
    const parts = new Map();
    new MutationObserver((changes) => {
      for (const { addedNodes, target } of changes)
        for (const node of [...addedNodes, target]) if (node.nodeType === 3) parts.set(node, node.data);
    }).observe(document.querySelector(${JSON.stringify(selector)}), { childList: true, characterData: true, subtree: true });
    return parts;
  })()`);
  return () => heard.evaluate((parts: Map<unknown, string>) => [...parts.values()]);
}
