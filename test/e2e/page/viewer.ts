import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { at, objectOf } from '../../simulator/api-client.js';
import { vmBody } from '../../simulator/vm-bodies.js';
import { startSimulator, type Simulator, type SimulatorChoice } from '../simulator.js';
import { findBrowser, launchBrowser } from './browser.js';
import { LIMIT_MS } from './eventually.js';

export const V3 = '/api/nutanix/v3';
const CHROMIUM = findBrowser();
/** `describe`, or `describe.skip` where there is no browser. */
export const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

/** A page that somebody looks at, and what went wrong in it. */
export interface Looking {
  readonly simulator: Simulator;
  readonly page: Page;
  readonly errors: readonly string[];
}

/** A browser for the tests of one file, and a simulator for each test. */
export class Viewer {
  #browser: Browser | undefined;
  readonly #simulators: Simulator[] = [];

  async open(): Promise<void> {
    this.#browser = await launchBrowser(CHROMIUM ?? '');
  }

  async close(): Promise<void> {
    await this.#browser?.close();
  }

  /** After each test. */
  async tidy(): Promise<void> {
    await this.closePages();
    for (const simulator of this.#simulators.splice(0)) await simulator.stop();
  }

  async start(choice: SimulatorChoice = {}): Promise<Simulator> {
    const simulator = await startSimulator({ guests: 'none', ...choice });
    this.#simulators.push(simulator);
    return simulator;
  }

  async look(choice: SimulatorChoice = {}): Promise<Looking> {
    return this.visit(await this.start(choice));
  }

  /** One more page of a simulator; `prepare` is called before anything of it is loaded. */
  async visit(
    simulator: Simulator,
    options: BrowserContextOptions = {},
    prepare: (page: Page) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Looking> {
    if (this.#browser === undefined) throw new Error('the browser is not open');
    const context = await this.#browser.newContext({ ignoreHTTPSErrors: true, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await prepare(page);
    await page.goto(originOf(simulator));
    const looking = { simulator, page, errors };
    await becameLive(looking);
    return looking;
  }

  async closePages(): Promise<void> {
    for (const context of this.#browser?.contexts() ?? []) await context.close();
  }
}

/** Waits for it; fails with what is on the page instead. */
export async function becameLive({ page, errors }: Pick<Looking, 'page' | 'errors'>): Promise<void> {
  try {
    await page.locator('#connection', { hasText: 'live' }).waitFor();
  } catch (cause) {
    const shown = await page.evaluate(
      "['#connection', '#gone'].map((id) => `${id}: ${document.querySelector(id)?.textContent}`).join('\\n')",
    );
    const problems = errors.length === 0 ? 'none' : errors.join('\n');
    throw new Error(`the page is not live:\n${String(shown)}\nits errors: ${problems}`, { cause });
  }
}

/** Where the page is, without a path. */
export function originOf({ env }: Simulator): string {
  return `https://${env['NUTANIX_ENDPOINT'] ?? ''}:${env['NUTANIX_PORT'] ?? ''}`;
}

/** The rows of one section, or those with a text. */
export function rows(page: Page, section: string, hasText?: string): Locator {
  const all = page.locator(`#${section} tbody tr`);
  return hasText === undefined ? all : all.filter({ hasText });
}

/** Those of the rows in which something is called exactly so. */
export function withWord(found: Locator, word: string): Locator {
  return found.filter({ has: found.page().getByText(word, { exact: true }) });
}

/** Makes a VM and waits for it. */
export async function createVm(
  simulator: Simulator,
  name: string,
  resources: Record<string, unknown> = {},
): Promise<string> {
  const body = vmBody(resources, { name });
  const answer = await simulator.call('POST', `${V3}/vms`, body);
  const task = String(at(answer, 'status', 'execution_context', 'task_uuid'));
  for (;;) {
    const { status } = objectOf(await simulator.call('GET', `${V3}/tasks/${task}`));
    if (status === 'SUCCEEDED') return String(at(answer, 'metadata', 'uuid'));
    if (status === 'FAILED') throw new Error(`VM ${name} was not made`);
  }
}
