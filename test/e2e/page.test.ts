import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { at, objectOf } from '../simulator/api-client.js';
import { stateWithVms } from '../simulator/many-vms.js';
import { vmBody } from '../simulator/vm-bodies.js';
import { findBrowser, launchBrowser } from './browser.js';
import { dist, DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import { startSimulator, type Simulator, type SimulatorChoice } from './simulator.js';

const V3 = '/api/nutanix/v3';
const path = findBrowser();
const describeInBrowser = path === undefined ? describe.skip : describe;

/** A page that somebody looks at, and what went wrong in it. */
interface Looking {
  readonly simulator: Simulator;
  readonly page: Page;
  readonly errors: string[];
}

test.each([
  ['executable', dist('prism-simulator')],
  ['Node build', dist('node/bin/prism-simulator.js')],
])('the %s has the page in it', async (_, program) => {
  const folder = join(ROOT, 'src', 'simulator', 'page', 'browser');
  const simulator = await startSimulator({ guests: 'none', program, cwd: tmpdir() });
  for (const name of readdirSync(folder)) {
    const served = await simulator.text(name === 'index.html' ? '/' : `/simulator/page/${name}`);
    expect([name, served]).toEqual([name, readFileSync(join(folder, name), 'utf8')]);
  }
  await simulator.stop();
});

describeInBrowser('the page in Chromium', () => {
  let browser: Browser;
  const simulators: Simulator[] = [];

  beforeAll(async () => {
    browser = await launchBrowser(path ?? '');
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const simulator of simulators.splice(0)) await simulator.stop();
  });
  afterAll(() => browser.close());

  async function start(choice: SimulatorChoice = {}): Promise<Simulator> {
    const simulator = await startSimulator({ guests: 'none', ...choice });
    simulators.push(simulator);
    return simulator;
  }

  async function look(choice: SimulatorChoice = {}): Promise<Looking> {
    const simulator = await start(choice);
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    const { NUTANIX_ENDPOINT, NUTANIX_PORT } = simulator.env;
    await page.goto(`https://${NUTANIX_ENDPOINT ?? ''}:${NUTANIX_PORT ?? ''}/`);
    await page.locator('#connection', { hasText: 'live' }).waitFor();
    return { simulator, page, errors };
  }

  test('shows what is there before anybody has asked for anything', async () => {
    const { page, errors } = await look();
    const clusters = await page.locator('#clusters article').allInnerTexts();
    expect(clusters.map((text) => text.split('\n')[0])).toEqual(['PC-Cluster', 'DR-Cluster', 'Unnamed']);
    expect(clusters[0]).toMatch(/0 VMs[^]*node-1[^]*node-2[^]*node-3/);
    expect(await rows(page, 'subnets').allInnerTexts()).toHaveLength(4);
    expect(await page.locator('#vms').innerText()).toContain('docker-machine create -d nutanix web-1');
    expect(await page.title()).toBe('0 of 0 VMs on · Prism Central simulator');
    expect(errors).toEqual([]);
  });

  test('VMs come, change and go without a reload; a row that stays is the same row', async () => {
    const { simulator, page, errors } = await look();
    await page.evaluate("window.name = 'never reloaded'");
    const uuid = await createVm(simulator, 'web-1', { power_state: 'ON' });
    const row = rows(page, 'vms', 'web-1');
    await withWord(withWord(row, 'on'), 'complete').waitFor();
    expect(await row.innerText()).toMatch(
      /complete\s+127\.\d+\.\d+\.\d+\s+2\s+2 GiB\s+2 GiB\s+PC-Cluster \/ node/,
    );
    expect(await page.title()).toMatch(/^1 of 1 VMs on/);
    await withWord(
      rows(page, 'tasks', 'create_vm_intentful').filter({ hasText: 'web-1' }),
      'succeeded',
    ).waitFor();

    await page.evaluate("document.querySelector('#vms tbody tr').id = 'marked'");
    await simulator.call('POST', `${V3}/vms/${uuid}/acpi_shutdown`, {});
    await withWord(row, 'off').waitFor();
    expect(await row.getAttribute('id')).toBe('marked');
    await withWord(rows(page, 'tasks', 'acpi_shutdown_vm'), 'succeeded').waitFor();
    expect(await rows(page, 'tasks').first().innerText()).toContain('acpi_shutdown_vm');
    const request = rows(page, 'requests').first();
    expect(await request.innerText()).toMatch(/POST\s+\/vms\/[^]*acpi_shutdown\s+202/);

    await simulator.call('DELETE', `${V3}/vms/${uuid}`);
    await row.waitFor({ state: 'detached' });
    expect(await page.evaluate('window.name')).toBe('never reloaded');
    expect(errors).toEqual([]);
  });

  test('a host of docker-machine is there while it is being made', async () => {
    const { simulator, page } = await look({ guests: 'emulated' });
    const machine = new Machine(DOCKER_MACHINE, simulator.env);
    const create = machine.start('create', '-d', 'nutanix', 'host-1');
    await withWord(rows(page, 'vms', 'host-1').filter({ hasText: '127.' }), 'on').waitFor();
    create.interrupt();
    await create.outcome;
    machine.dispose();
    expect(await page.locator('#about').innerText()).toContain('emulated guests');
  });

  test('names are text, whatever is in them', async () => {
    const { simulator, page, errors } = await look();
    const image = '<img src=x onerror="window.name=1">';
    const script = '"><script>window.name=1</script>&lt;';
    const turned = '\u202egnp.exe';
    for (const name of [image, script, turned]) await createVm(simulator, name);
    await simulator.addFault({ name: image, match: { path: '/nope*' }, do: { status: 500 } });
    await simulator.call('GET', `${V3}/nope?<svg/onload=window.name=1>`).catch(() => undefined);
    await rows(page, 'requests', image).waitFor();

    expect(await page.locator('#vms td.name').allTextContents()).toEqual([turned, script, image]);
    expect(await page.locator('#tasks td.name').allTextContents()).toEqual([turned, script, image]);
    expect(await page.locator('#faults td.name').allTextContents()).toEqual([image]);
    expect(await rows(page, 'requests', image).innerText()).toContain('/nope?<svg/onload=window.name=1>');
    expect(await page.locator('img, svg, main script').count()).toBe(0);
    expect(await page.evaluate('window.name')).toBe('');
    // And were the page's scripts to make HTML of it, the browser would refuse.
    const unsafe = page.evaluate("document.querySelector('main').innerHTML = '<img>'");
    await expect(unsafe).rejects.toThrow(/TrustedHTML/);
    expect(errors.filter((text) => !text.includes('TrustedHTML'))).toEqual([]);
  });

  test('faults: how often each struck, at which request, and what became of the task', async () => {
    const { simulator, page } = await look();
    const task = { outcome: 'failed', errorCode: 'RESOURCE_SHORTAGE', errorDetail: 'no host has memory' };
    await simulator.addFault({ name: 'no memory', match: { path: '/vms', method: 'POST' }, do: { task } });
    await withWord(rows(page, 'faults', 'no memory'), '0').waitFor();
    await simulator.call('POST', `${V3}/vms`, vmBody());
    await withWord(rows(page, 'faults', 'no memory'), '1').waitFor();
    await rows(page, 'tasks', 'no host has memory').filter({ hasText: 'failed' }).waitFor();
    expect(await rows(page, 'requests', 'fault: no memory').innerText()).toMatch(/POST\s+\/vms/);
    await simulator.clearFaults();
    await page.getByText('No fault rule').waitFor();
  });

  test('says when the simulator is gone, and goes on by itself when it is back', async () => {
    const { simulator, page } = await look();
    await createVm(simulator, 'before');
    await rows(page, 'vms', 'before').waitFor();
    await simulators.pop()?.kill();
    await page.getByRole('alert').filter({ hasText: 'does not answer since' }).waitFor();
    expect(await page.title()).toMatch(/^gone/);
    expect(await rows(page, 'vms', 'before').count()).toBe(1);

    const again = await start({ port: simulator.env['NUTANIX_PORT'] });
    await page.locator('#connection', { hasText: 'live' }).waitFor();
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    await rows(page, 'vms', 'before').waitFor({ state: 'detached' });
    await createVm(again, 'after');
    await rows(page, 'vms', 'after').waitFor();
    expect(await page.title()).toMatch(/^0 of 1 VMs on/);
  });

  test('5,000 VMs: some rows, a filter in reach of the keyboard, and nothing drawn that is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'state-'));
    const state = join(folder, 'state.json');
    writeFileSync(state, JSON.stringify(await stateWithVms(5_000)));
    const { simulator, page } = await look({ state });
    expect(await rows(page, 'vms').count()).toBe(200);
    expect(await page.locator('#vms-more').innerText()).toBe('the newest 200, and 4,800 more');
    // Ages grow by themselves.
    await page.evaluate(`
      window.changes = [];
      const note = (list) => window.changes.push(...list.map(({ target }) => target.localName));
      new MutationObserver(note).observe(document.querySelector('#vms'), { subtree: true, childList: true });
    `);
    await simulator.call('GET', `${V3}/versions`);
    await rows(page, 'requests', '/versions').waitFor();
    expect(await page.evaluate("window.changes.filter((name) => name !== 'time')")).toEqual([]);

    await page.keyboard.press('/');
    await page.keyboard.type('host-123');
    await page.locator('#vms-more', { hasText: '11 of 5,000 match' }).waitFor();
    expect(await rows(page, 'vms').count()).toBe(11);
    await page.keyboard.type('456');
    await page.getByText('No VM fits the filter.').waitFor();
    await page.keyboard.press('Escape');
    await withWord(rows(page, 'vms'), 'host-4999').waitFor();
    rmSync(folder, { recursive: true });
  });

  test('on a small screen nothing sticks out; the dark scheme is dark', async () => {
    const { simulator, page } = await look();
    await createVm(simulator, `long-${'x'.repeat(70)}`, { power_state: 'ON' });
    await createVm(simulator, 'web-1', { power_state: 'ON' });
    await rows(page, 'vms', 'web-1').waitFor();
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect((await rows(page, 'vms', 'web-1').boundingBox())?.height).toBeLessThan(60);
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    const light = String(await ground());
    await page.emulateMedia({ colorScheme: 'dark' });
    expect([light, await ground()]).toEqual(['rgb(245, 246, 247)', 'rgb(20, 23, 26)']);
  });
});

/** The rows of one section, or those with a text. */
function rows(page: Page, section: string, hasText?: string): Locator {
  const all = page.locator(`#${section} tbody tr`);
  return hasText === undefined ? all : all.filter({ hasText });
}

/** Those of the rows in which something is called exactly so. */
function withWord(found: Locator, word: string): Locator {
  return found.filter({ has: found.page().getByText(word, { exact: true }) });
}

/** Makes a VM and waits for it. */
async function createVm(
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
