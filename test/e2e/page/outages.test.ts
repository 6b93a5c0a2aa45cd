import { eventually } from './eventually.js';
import { becameLive, createVm, describeInBrowser, rows, V3, Viewer } from './viewer.js';

describeInBrowser('while the simulator is away, and after it', () => {
  const viewer = new Viewer();
  beforeAll(() => viewer.open());
  afterEach(() => viewer.tidy());
  afterAll(() => viewer.close());

  test('details that are open say so, and so does a button there; a terminal is cut off', async () => {
    const looking = await viewer.look({ guests: 'emulated' });
    const { simulator, page } = looking;
    await createVm(simulator, 'web-1', { power_state: 'ON' });
    await rows(page, 'vms', 'web-1').getByRole('button').click();
    const panel = page.getByRole('dialog');
    await panel.getByRole('button', { name: 'Open a terminal' }).click();
    await panel.getByRole('log').getByText('root@web-1').waitFor();
    await simulator.kill();
    await panel.getByText('The terminal is cut off').waitFor();
    const notice = panel.getByRole('alert').filter({ hasText: 'does not answer since' });
    await notice.waitFor();
    // However far down one reads.
    await page.evaluate("document.querySelector('dialog').scrollTop = 10_000");
    await eventually(async () => (await notice.boundingBox())?.y).toBeGreaterThan(-1);
    await panel.getByRole('button', { name: 'Power off' }).click();
    await panel.getByText('The simulator does not answer (').waitFor();
    const opacity = "getComputedStyle(document.querySelector('#content')).opacity";
    await eventually(() => page.evaluate(opacity)).toBe('1');

    await viewer.start({ guests: 'emulated', port: simulator.env['NUTANIX_PORT'] });
    await becameLive(looking);
    await notice.waitFor({ state: 'hidden' });
    // Another simulator: the VM of the first one is none of its own.
    await panel.getByText('or not any more').waitFor();
  });

  test('what to export is that of the simulator that answers now; names come and go', async () => {
    const looking = await viewer.look();
    const { simulator, page, errors } = looking;
    const lines = page.getByRole('group', { name: 'environment variables to export' });
    await lines.getByText(`NUTANIX_PASSWORD=${simulator.env['NUTANIX_PASSWORD'] ?? '?'}`).waitFor();
    const names = page.locator('#connect-content .names');
    await simulator.call('PUT', `${V3}/categories/rack`, { name: 'rack' });
    await simulator.call('PUT', `${V3}/categories/rack/r-1`, { value: 'r-1' });
    await names.getByText('rack=r-1', { exact: true }).waitFor();
    for (let number = 2; number <= 230; number += 1)
      await simulator.call('PUT', `${V3}/categories/rack/r-${number}`, { value: `r-${number}` });
    await names.getByText(/^and 3\d more$/).waitFor();
    expect(errors).toEqual([]);

    await simulator.kill();
    await page.getByRole('alert').filter({ hasText: 'does not answer since' }).waitFor();
    const again = await viewer.start({ port: simulator.env['NUTANIX_PORT'] });
    await becameLive(looking);
    await lines.getByText(`NUTANIX_PASSWORD=${again.env['NUTANIX_PASSWORD'] ?? '?'}`).waitFor();
    await lines.getByText(again.env['NUTANIX_FINGERPRINT'] ?? '?').waitFor();
    await names.getByText('rack=r-1', { exact: true }).waitFor({ state: 'detached' });
  });

  test('two pages see the same, and what one of them does', async () => {
    const { simulator, page, errors } = await viewer.look();
    const other = await viewer.visit(simulator);
    await createVm(simulator, 'web-1', { power_state: 'ON' });
    await page.getByRole('button', { name: 'outage', exact: true }).click();
    await other.page.locator('.button[aria-pressed=true]').filter({ hasText: 'outage' }).waitFor();
    await other.page.getByRole('button', { name: 'Clear outage' }).click();
    await page.getByText('No fault rule').waitFor();
    for (const one of [page, other.page]) await rows(one, 'vms', 'web-1').getByRole('button').click();
    await page.getByRole('button', { name: 'Delete behind the back' }).click();
    await page.getByRole('button', { name: 'Really delete web-1?' }).click();
    await other.page.getByRole('dialog').getByText('or not any more').waitFor();
    expect([...errors, ...other.errors].filter((text) => !text.includes('404'))).toEqual([]);
  });
});
