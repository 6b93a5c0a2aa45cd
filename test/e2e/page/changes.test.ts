import type { APIResponse, Route } from 'playwright-core';
import { DOCKER_MACHINE, Machine } from '../machine.js';
import { PRESET } from '../../../src/simulator/index.js';
import { at } from '../../simulator/api-client.js';
import { vmBody } from '../../simulator/vm-bodies.js';
import { eventually } from './eventually.js';
import { becameLive, createVm, describeInBrowser, rows, V3, Viewer, withWord } from './viewer.js';

describeInBrowser('the page follows what happens', () => {
  const viewer = new Viewer();
  beforeAll(() => viewer.open());
  afterEach(() => viewer.tidy());
  afterAll(() => viewer.close());

  test('VMs come, change and go without a reload; a row that stays is the same row', async () => {
    const { simulator, page, errors } = await viewer.look();
    await page.evaluate("window.name = 'never reloaded'");
    const uuid = await createVm(simulator, 'web-1', { power_state: 'ON' });
    const row = rows(page, 'vms', 'web-1');
    await withWord(withWord(row, 'on'), 'complete').waitFor();
    await eventually(() => row.innerText()).toMatch(
      /complete\s+127\.\d+\.\d+\.\d+\s+2\s+2 GiB\s+2 GiB\s+PC-Cluster \/ node/,
    );
    await eventually(() => page.title()).toMatch(/^1 of 1 VMs on/);
    await withWord(
      rows(page, 'tasks', 'create_vm_intentful').filter({ hasText: 'web-1' }),
      'succeeded',
    ).waitFor();

    await page.evaluate("document.querySelector('#vms tbody tr').id = 'marked'");
    await simulator.call('POST', `${V3}/vms/${uuid}/acpi_shutdown`, {});
    await withWord(row, 'off').waitFor();
    expect(await row.getAttribute('id')).toBe('marked');
    await withWord(rows(page, 'tasks', 'acpi_shutdown_vm'), 'succeeded').waitFor();
    await eventually(() => rows(page, 'tasks').first().innerText()).toContain('acpi_shutdown_vm');
    const request = rows(page, 'requests').first();
    await eventually(() => request.innerText()).toMatch(/POST\s+\/vms\/[^]*acpi_shutdown\s+202/);

    await simulator.call('DELETE', `${V3}/vms/${uuid}`);
    await row.waitFor({ state: 'detached' });
    expect(await page.evaluate('window.name')).toBe('never reloaded');
    expect(errors).toEqual([]);
  });

  test('volume groups: their disks, and who has them; requests: which API they were sent to', async () => {
    const { simulator, page, errors } = await viewer.look({ everyApi: true });
    await page.getByText('No volume group.').waitFor();
    const vm = await createVm(simulator, 'agent-1', { power_state: 'ON' });
    const groups = '/api/volumes/v4.3/config/volume-groups';
    const disk = (gib: number): unknown => ({
      diskSizeBytes: gib * 2 ** 30,
      diskDataSourceReference: { entityType: 'STORAGE_CONTAINER', extId: PRESET.container.uuid },
    });
    const body = { name: 'wpdb', clusterReference: PRESET.cluster.uuid, disks: [disk(10), disk(2)] };
    await simulator.call('POST', groups, body);
    const row = rows(page, 'volume-groups', 'wpdb');
    await eventually(() => row.innerText()).toMatch(/wpdb\s+free\s+12 GiB\s+10 GiB\s*2 GiB\s+PC-Cluster/);

    const group = String(at(await simulator.call('GET', groups), 'data', 0, 'extId'));
    await simulator.call('POST', `${groups}/${group}/$actions/attach-vm`, { extId: vm });
    await row.filter({ hasText: 'agent-1' }).waitFor();
    await simulator.call('POST', `${groups}/${group}/$actions/detach-vm`, { extId: vm });
    await row.filter({ hasNotText: 'agent-1' }).waitFor();
    const iscsiInitiatorName = 'iqn.1994-05.com.example:host-1';
    await simulator.call('POST', `${groups}/${group}/$actions/attach-iscsi-client`, { iscsiInitiatorName });
    await row.filter({ hasText: iscsiInitiatorName }).waitFor();

    await eventually(() => rows(page, 'requests', 'attach-iscsi-client').innerText()).toMatch(
      /v4\s+POST\s+\S*\/config\/volume-groups/,
    );
    await eventually(() => rows(page, 'requests', '/vms').last().innerText()).toMatch(/v3\s+POST\s+\/vms/);
    await eventually(() => page.locator('#requests th').allInnerTexts()).toEqual(
      expect.arrayContaining(['API', 'Method', 'Path']),
    );
    expect(errors).toEqual([]);
  });

  test('a host of docker-machine is there while it is being made', async () => {
    const { simulator, page } = await viewer.look({ guests: 'emulated' });
    const machine = new Machine(DOCKER_MACHINE, simulator.env);
    const create = machine.start('create', '-d', 'nutanix', 'host-1');
    await withWord(rows(page, 'vms', 'host-1').filter({ hasText: '127.' }), 'on').waitFor();
    create.interrupt();
    await create.outcome;
    machine.dispose();
    await eventually(() => page.locator('#about').innerText()).toContain('emulated guests');
  });

  test('faults: how often each struck, at which request, and what became of the task', async () => {
    const { simulator, page } = await viewer.look();
    const task = { outcome: 'failed', errorCode: 'RESOURCE_SHORTAGE', errorDetail: 'no host has memory' };
    await simulator.addFault({ name: 'no memory', match: { path: '/vms', method: 'POST' }, do: { task } });
    await withWord(rows(page, 'faults', 'no memory'), '0').waitFor();
    await simulator.call('POST', `${V3}/vms`, vmBody());
    await withWord(rows(page, 'faults', 'no memory'), '1').waitFor();
    await rows(page, 'tasks', 'no host has memory').filter({ hasText: 'failed' }).waitFor();
    await eventually(() => rows(page, 'requests', 'fault: no memory').innerText()).toMatch(/POST\s+\/vms/);
    await simulator.clearFaults();
    await page.getByText('No fault rule').waitFor();
  });

  test('says when the simulator is gone, and goes on by itself when it is back', async () => {
    const looking = await viewer.look();
    const { simulator, page } = looking;
    await createVm(simulator, 'before');
    await rows(page, 'vms', 'before').waitFor();
    await simulator.kill();
    await page.getByRole('alert').filter({ hasText: 'does not answer since' }).waitFor();
    await eventually(() => page.title()).toMatch(/^gone/);
    expect(await rows(page, 'vms', 'before').count()).toBe(1);

    const again = await viewer.start({ port: simulator.env['NUTANIX_PORT'] });
    await becameLive(looking);
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await rows(page, 'vms', 'before').waitFor({ state: 'detached' });
    await createVm(again, 'after');
    await rows(page, 'vms', 'after').waitFor();
    await eventually(() => page.title()).toMatch(/^0 of 1 VMs on/);
  });

  // Chromium does so to all requests when this computer gets or loses an address (net::ERR_NETWORK_CHANGED).
  test.each(['page/table.js', 'page/page.js', 'page/page.css', 'view', 'workbench/connection'])(
    'a request for %s that the browser breaks off is made up for',
    async (path) => {
      let times = 1;
      const looking = await viewer.visit(await viewer.start(), {}, (begun) =>
        begun.route(`**/simulator/${path}*`, async (route) => {
          if (times === 0) return route.continue();
          times -= 1;
          return route.abort('connectionaborted');
        }),
      );
      const { simulator, page } = looking;
      await eventually(() => Promise.resolve(times)).toBe(0);
      // Without its style the page is live all the same, until it is loaded again.
      await eventually(() => page.evaluate('getComputedStyle(document.body).margin')).toBe('0px');
      await becameLive(looking);
      await createVm(simulator, 'web-1');
      await rows(page, 'vms', 'web-1').waitFor();
      await page.getByText('NUTANIX_ENDPOINT').first().waitFor();
      await page.getByRole('button', { name: 'outage', exact: true }).waitFor();
      expect(await page.getByRole('alert').isVisible()).toBe(false);
    },
  );

  test('one request that the browser breaks off is no outage', async () => {
    const { simulator, page } = await viewer.look();
    let broken = 0;
    const alerts = `window.alerts = 0; new MutationObserver(() => {
      if (!document.querySelector('#gone').hidden) window.alerts += 1;
    }).observe(document.querySelector('#gone'), { attributes: true });`;
    await page.evaluate(alerts);
    await page.route('**/simulator/view*', (route) =>
      broken++ === 0 ? route.abort('connectionaborted') : route.continue(),
    );
    await eventually(() => Promise.resolve(broken)).toBeGreaterThan(1);
    await createVm(simulator, 'web-1');
    await rows(page, 'vms', 'web-1').waitFor();
    expect(await page.evaluate('window.alerts')).toBe(0);
  });

  test('details that arrive late do not take the place of later ones', async () => {
    const { simulator, page, errors } = await viewer.look({ guests: 'emulated' });
    const uuid = await createVm(simulator, 'web-1', { power_state: 'ON' });
    // What was read is shown before the next task, in which it is written down here.
    await page.evaluate(`window.read = []; const { json } = Response.prototype; Response.prototype.json = async function () {
      const value = await json.call(this);
      if (this.url.includes('/workbench/vms/')) setTimeout(() => window.read.push(value.power));
      return value;
    }`);
    const read = () => page.evaluate('window.read');
    let late: { readonly route: Route; readonly response: APIResponse } | undefined;
    const held = new Promise<void>((resolve) => {
      let asked = 0;
      void page.route(`**/workbench/vms/${uuid}`, async (route) => {
        asked += 1;
        if (asked > 1) {
          await route.continue();
          return;
        }
        late = { route, response: await route.fetch() };
        resolve();
      });
    });
    await rows(page, 'vms', 'web-1').getByRole('button').click();
    await held;
    await simulator.call('POST', `${V3}/vms/${uuid}/acpi_shutdown`, {});
    const powerOn = page.getByRole('dialog').getByRole('button', { name: 'Power on' });
    await eventually(() => powerOn.isEnabled()).toBe(true);
    expect(await read()).not.toContain('ON');
    await page.evaluate(`window.changes = 0; new MutationObserver(() => (window.changes += 1)).observe(
      [...document.querySelectorAll('dialog button')].find(({ textContent }) => textContent === 'Power on'),
      { attributes: true },
    )`);
    await late?.route.fulfill({ response: late.response });
    await eventually(read).toContain('ON');
    expect(await powerOn.isEnabled()).toBe(true);
    expect(await page.evaluate('window.changes')).toBe(0);
    expect(errors).toEqual([]);
  });
});
