import type { Page } from 'playwright-core';
import type { Simulator } from '../simulator.js';
import { eventually, heardFrom } from './eventually.js';
import { createVm, describeInBrowser, rows, Viewer } from './viewer.js';

describeInBrowser('without a mouse, and without eyes', () => {
  const viewer = new Viewer();
  let simulator: Simulator;

  beforeAll(async () => {
    await viewer.open();
    simulator = await viewer.start({ guests: 'emulated' });
    for (const name of ['web-1', 'gone-1', 'gone-2']) await createVm(simulator, name, { power_state: 'ON' });
  });
  afterEach(() => viewer.closePages());
  afterAll(async () => {
    await viewer.tidy();
    await viewer.close();
  });

  /** Name of what has the focus; of a part of the page its id; `body` if nothing has it. */
  const focused = (page: Page): Promise<unknown> =>
    page.evaluate(`(({ activeElement: node }) =>
      node.localName === 'section' ? node.id : node === document.body ? 'body' : node.getAttribute('aria-label') ?? (node.id || node.textContent))(document)`);

  async function pressed(page: Page, name: string): Promise<void> {
    await page.getByRole('button', { name, exact: true }).focus();
    await page.keyboard.press('Enter');
  }

  /** The details of a VM, opened by Enter. */
  async function opened(page: Page, name: string) {
    await rows(page, 'vms', name).getByRole('button').focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog', { name });
    await panel.getByText('PC-Cluster').first().waitFor();
    return panel;
  }

  test('a button for power keeps the focus when it fits no more, does nothing, and what became of it is said', async () => {
    const { page, errors } = await viewer.visit(simulator);
    const panel = await opened(page, 'web-1');
    await pressed(page, 'Power off');
    await panel.getByRole('status').filter({ hasText: 'Power off: succeeded' }).waitFor();
    await panel.getByText('off, complete').waitFor();
    await eventually(() => focused(page)).toBe('Power off');
    const powerOff = panel.getByRole('button', { name: 'Power off' });
    await eventually(() => powerOff.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    await pressed(page, 'Power on');
    await panel.getByText('on, complete').waitFor();
    await eventually(() => focused(page)).toBe('Power on');
    // Had it done something, that would be listed before what was asked for later.
    await rows(page, 'vm-tasks', 'PowerOnVm').waitFor();
    expect(await rows(page, 'vm-tasks', 'PowerOffVm').count()).toBe(1);
    expect(errors).toEqual([]);
  });

  test('a terminal that ends gives the focus back, and takes it from nothing else', async () => {
    const { page } = await viewer.visit(simulator);
    const panel = await opened(page, 'web-1');
    const line = panel.getByLabel('Line for the terminal');
    await pressed(page, 'Open a terminal');
    await panel.getByRole('log').getByText('root@web-1').waitFor();
    await line.fill('exit');
    await page.keyboard.press('Enter');
    await panel.getByText('The login is over.').waitFor();
    await eventually(() => focused(page)).toBe('Open a terminal');
    await page.keyboard.press('Enter');
    await panel.getByRole('log').getByText('root@web-1').waitFor();
    await pressed(page, 'Power off');
    await line.waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Power off');
    await panel.getByText('off, complete').waitFor();
    await pressed(page, 'Power on');
    await panel.getByText('on, complete').waitFor();
  });

  test('of a VM that is deleted nothing can be done; the focus goes to where it was in the list', async () => {
    const { page } = await viewer.visit(simulator);
    const panel = await opened(page, 'gone-1');
    await pressed(page, 'Delete behind the back');
    await page.keyboard.press('Enter');
    await panel.getByText('or not any more').waitFor();
    await rows(page, 'vms', 'gone-1').waitFor({ state: 'detached' });
    await eventually(() => focused(page)).toBe('Close details');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.closest('.details')")).toBeNull();
    await panel.getByRole('button', { name: 'Close details' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await eventually(() => focused(page)).toBe('vms');
    await page.keyboard.press('Tab');
    await eventually(() => focused(page)).toBe('filter');

    await rows(page, 'vms', 'gone-2').getByRole('button').focus();
    await simulator.deleteVm('gone-2');
    await rows(page, 'vms', 'gone-2').waitFor({ state: 'detached' });
    await eventually(() => focused(page)).toBe('web-1');
  });

  test.each([
    ['Escape', (page: Page) => page.keyboard.press('Escape')],
    ['the button', (page: Page) => pressed(page, 'Close details')],
    ['a click beside them', (page: Page) => page.mouse.click(5, 5)],
  ])(
    'details that %s closes: the focus is elsewhere before the browser does anything else',
    async (_, close) => {
      const { page } = await viewer.visit(simulator);
      await createVm(simulator, 'brief-1');
      await opened(page, 'brief-1');
      await simulator.deleteVm('brief-1');
      await rows(page, 'vms', 'brief-1').waitFor({ state: 'detached' });
      // `close` is the first event after it; the page's own work was done by then.
      await page.evaluate(`document.addEventListener('close', () => {
      window.focusThen = document.activeElement.id;
    }, true)`);
      await close(page);
      await eventually(() => page.evaluate('window.focusThen')).toBe('vms');
    },
  );

  test('how many rows a filter leaves is said once it is typed, and not when rows come and go', async () => {
    await createVm(simulator, 'other-1');
    // The page's timers run when they are told to. Its clock goes until it is held: an hour is later in any case.
    const time = Date.now();
    const { page, errors } = await viewer.visit(simulator, {}, async ({ clock }) => {
      await clock.install({ time });
      await clock.pauseAt(time + 3_600_000);
    });
    const said = await heardFrom(page, '#matches');
    await page.getByLabel('Filter virtual machines').focus();
    await page.keyboard.type('web-1');
    await eventually(() => page.locator('#vms-more').textContent()).toMatch(/^1 of \d+ match$/);
    await page.clock.runFor(600);
    expect(await said()).toEqual([]);
    await page.clock.runFor(100);
    await eventually(said).toEqual(['Virtual machines: 1 matches']);

    await createVm(simulator, 'web-11');
    await page.clock.runFor(1_000);
    await rows(page, 'vms', 'web-11').waitFor();
    await page.clock.runFor(1_000);
    expect(await said()).toHaveLength(1);
    // Filters of other lists, and as many as before.
    await page.getByLabel('Status of tasks').selectOption('failed');
    await page.getByText('No task fits the filter.').waitFor();
    await page.clock.runFor(1_000);
    await eventually(said).toContain('Tasks: none matches');
    await page.getByLabel('Status of tasks').selectOption('');
    await rows(page, 'tasks').first().waitFor();
    await page.clock.runFor(1_000);
    await eventually(said).toContainEqual(expect.stringMatching(/^Tasks: \d+ in all$/));
    await page.getByLabel('Filter virtual machines').press('End');
    await page.keyboard.type(' ');
    await page.clock.runFor(1_000);
    await eventually(said).toContain('Virtual machines: 2 match');
    await page.keyboard.press('Backspace');
    await page.clock.runFor(1_000);
    await eventually(async () => (await said()).slice(3)).toEqual(Array(2).fill('Virtual machines: 2 match'));
    for (const name of ['web-11', 'other-1']) await simulator.deleteVm(name);
    expect(errors).toEqual([]);
  });

  test('the key that leads to the filter can be turned off, and stays so', async () => {
    const { page, errors } = await viewer.visit(simulator);
    const filter = page.getByLabel('Filter virtual machines');
    const setting = page.getByRole('checkbox', { name: 'the key /' });
    await setting.focus();
    await page.keyboard.press('Control+/');
    expect(await focused(page)).toBe('shortcut');
    await page.keyboard.press('/');
    await eventually(() => focused(page)).toBe('filter');
    expect(await filter.getAttribute('aria-keyshortcuts')).toBe('/');
    await setting.focus();
    await page.keyboard.press('Space');
    await eventually(() => filter.getAttribute('aria-keyshortcuts')).toBe(null);
    await page.keyboard.press('/');
    expect(await focused(page)).toBe('shortcut');

    await page.reload();
    await eventually(() => setting.isChecked()).toBe(false);
    await page.keyboard.press('/');
    expect(await focused(page)).not.toBe('filter');
    expect(await filter.getAttribute('placeholder')).not.toContain('/');
    await setting.check();
    await page.reload();
    await eventually(() => filter.getAttribute('placeholder')).toMatch(/\( \/ \)$/);
    expect(await setting.isChecked()).toBe(true);
    expect(errors).toEqual([]);

    // A browser that keeps nothing for pages.
    const { page: other, errors: problems } = await viewer.visit(simulator, {}, (begun) =>
      begun.addInitScript(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })",
      ),
    );
    await other.getByRole('checkbox', { name: 'the key /' }).uncheck();
    await other.keyboard.press('/');
    expect(await focused(other)).toBe('shortcut');
    expect(problems).toEqual([]);
  });

  test('rules that are cleared one by one, and all: the focus stays among them', async () => {
    const { page, errors } = await viewer.visit(simulator);
    for (const name of ['slow answers', 'stale reads', 'rate limit']) await pressed(page, name);
    await rows(page, 'faults').nth(2).waitFor();
    await pressed(page, 'Clear stale reads');
    await rows(page, 'faults', 'stale reads').waitFor({ state: 'detached' });
    await eventually(() => focused(page)).toBe('Clear rate limit');
    await page.keyboard.press('Enter');
    await rows(page, 'faults', 'rate limit').waitFor({ state: 'detached' });
    await eventually(() => focused(page)).toBe('Clear slow answers');
    await page.keyboard.press('Enter');
    await page.getByText('No fault rule').waitFor();
    await eventually(() => focused(page)).toBe('faults');
    await pressed(page, 'outage');
    await pressed(page, 'Clear all');
    await page.getByText('No fault rule').waitFor();
    await eventually(() => focused(page)).toBe('faults');
    expect(errors).toEqual([]);
  });

  test('what is heard: names of columns and buttons, that it was copied, and of a terminal only what is new', async () => {
    const { page } = await viewer.visit(simulator, { permissions: ['clipboard-read', 'clipboard-write'] });
    await pressed(page, 'outage');
    await rows(page, 'faults', 'outage').waitFor();
    const columns = await page.getByRole('columnheader').allTextContents();
    expect(columns).not.toContain('');
    await pressed(page, 'Clear all');
    // Its name says what it does; a state beside that would say the contrary.
    await pressed(page, 'Pause');
    expect(await page.getByRole('button', { name: 'Go on' }).getAttribute('aria-pressed')).toBeNull();
    await pressed(page, 'Go on');
    await page.locator('#connect summary').click();
    await page.locator('#connect').getByRole('status').waitFor({ state: 'attached' });
    const told = await heardFrom(page, '#connect [role=status]');
    await pressed(page, 'Copy the environment variables');
    await eventually(told).toEqual(['Copied']);

    const panel = await opened(page, 'web-1');
    await pressed(page, 'Open a terminal');
    const shown = panel.getByRole('log');
    await shown.getByText('root@web-1').waitFor();
    const lines = await heardFrom(page, '[role=log]');
    await page.keyboard.type('echo "<"begin">"');
    await page.keyboard.press('Enter');
    await shown.getByText('<begin>').waitFor();
    expect((await lines()).join('')).not.toContain('an emulated guest');
    await page.keyboard.type('seq 3001 6000; printf "\\\\033]0;title\\\\007<%s>\\\\n" end');
    await page.keyboard.press('Enter');
    await shown.getByText('<end>').waitFor();
    await eventually(async () => (await lines()).join('')).toContain('6000\n<end>\n');
    // Of 3,000 lines 2,000 are kept, and a line has its bounds, too.
    const length = (): Promise<unknown> =>
      page.evaluate("document.querySelector('[role=log]').childNodes.length");
    await eventually(length).toBe(2_000);
    await page.keyboard.type('head -c 9000 /dev/zero | tr "\\\\0" x; echo; echo "<"over">"');
    await page.keyboard.press('Enter');
    await shown.getByText('<over>').waitFor();
    const longest =
      "Math.max(...document.querySelector('[role=log]').textContent.split('\\n').map(({ length }) => length))";
    await eventually(() => page.evaluate(longest)).toBe(4_000);
  });

  test('what is selected in a terminal stays so when more arrives', async () => {
    const { page } = await viewer.visit(simulator);
    const panel = await opened(page, 'web-1');
    await pressed(page, 'Open a terminal');
    await panel.getByRole('log').getByText('root@web-1').waitFor();
    await page.evaluate(`(({ firstChild }) => getSelection().setBaseAndExtent(firstChild, 0, firstChild, 7))(
      document.querySelector('[role=log]'))`);
    await panel.getByRole('button', { name: 'Ctrl-C: interrupt what runs' }).dispatchEvent('click');
    await panel.getByRole('log').getByText('^C').waitFor();
    expect(await page.evaluate('String(getSelection())')).toBe('This is');
  });

  test('not by colour alone, in colours of the system, without motion, and at 400 %', async () => {
    const { page } = await viewer.visit(simulator, {
      forcedColors: 'active',
      reducedMotion: 'reduce',
      // 1280 px at 400 %.
      viewport: { width: 320, height: 640 },
    });
    await pressed(page, 'outage');
    const outage = page.locator('.button[aria-pressed=true]');
    await outage.waitFor();
    const style = (node: string, property: string, part = ''): Promise<unknown> =>
      page.evaluate(`getComputedStyle(document.querySelector('${node}'), '${part}').${property}`);
    await eventually(() => style('.button[aria-pressed=true]', 'content', '::before')).toMatch(/●/);
    const other = await style('.button[aria-pressed=false]', 'backgroundColor');
    expect(await style('.button[aria-pressed=true]', 'backgroundColor')).not.toBe(other);
    expect(await style('#vms tbody tr', 'animationName')).toBe('none');
    await outage.click();
    await page.getByText('No fault rule').waitFor();
    await eventually(() => page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await opened(page, 'web-1');
    const width = (): Promise<unknown> => page.evaluate("document.querySelector('dialog').scrollWidth");
    await eventually(width).toBeLessThan(321);
  });
});
