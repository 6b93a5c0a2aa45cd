import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateWithVms } from '../../simulator/many-vms.js';
import { dist, ROOT } from '../machine.js';
import { startSimulator } from '../simulator.js';
import { eventually } from './eventually.js';
import { createVm, describeInBrowser, rows, V3, Viewer, withWord } from './viewer.js';

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

describeInBrowser('the page can be read', () => {
  const viewer = new Viewer();
  beforeAll(() => viewer.open());
  afterEach(() => viewer.tidy());
  afterAll(() => viewer.close());

  test('shows what is there before anybody has asked for anything', async () => {
    const { page, errors } = await viewer.look();
    const clusters = page.locator('#clusters article');
    await eventually(() => clusters.allInnerTexts()).toEqual([
      expect.stringMatching(/^PC-Cluster\n[^]*0 VMs[^]*node-1[^]*node-2[^]*node-3/),
      expect.stringMatching(/^DR-Cluster\n/),
      expect.stringMatching(/^Unnamed\n/),
    ]);
    await eventually(() => rows(page, 'subnets').count()).toBe(4);
    await eventually(() => page.locator('#vms').innerText()).toContain(
      'docker-machine create -d nutanix web-1',
    );
    await eventually(() => page.title()).toBe('0 of 0 VMs on · Prism Central simulator');
    expect(errors).toEqual([]);
  });

  test('names are text, whatever is in them', async () => {
    const { simulator, page, errors } = await viewer.look();
    const image = '<img src=x onerror="window.name=1">';
    const script = '"><script>window.name=1</script>&lt;';
    const turned = '\u202egnp.exe';
    for (const name of [image, script, turned]) await createVm(simulator, name);
    await simulator.addFault({ name: image, match: { path: '/nope*' }, do: { status: 500 } });
    await simulator.call('GET', `${V3}/nope?<svg/onload=window.name=1>`).catch(() => undefined);
    await rows(page, 'requests', image).waitFor();

    const names = (section: string) => () => page.locator(`#${section} td.name`).allTextContents();
    await eventually(names('vms')).toEqual([turned, script, image]);
    await eventually(names('tasks')).toEqual([turned, script, image]);
    await eventually(names('faults')).toEqual([image]);
    const request = rows(page, 'requests', image);
    await eventually(() => request.innerText()).toContain('/nope?<svg/onload=window.name=1>');
    expect(await page.locator('img, svg, main script').count()).toBe(0);
    expect(await page.evaluate('window.name')).toBe('');
    await rows(page, 'vms').last().getByRole('button').click();
    await page.getByRole('dialog', { name: image }).getByText('PC-Cluster').first().waitFor();
    expect(await page.locator('img, svg, main script, dialog script').count()).toBe(0);
    expect(await page.evaluate('window.name')).toBe('');
    // And were the page's scripts to make HTML of it, the browser would refuse.
    const unsafe = page.evaluate("document.querySelector('main').innerHTML = '<img>'");
    await expect(unsafe).rejects.toThrow(/TrustedHTML/);
    expect(errors.filter((text) => !text.includes('TrustedHTML'))).toEqual([]);
  });

  test('a name with nothing in it to be seen is shown as a UUID', async () => {
    const { simulator, page } = await viewer.look();
    for (const name of ['', ' ', '\u200b']) await createVm(simulator, name);
    await rows(page, 'vms').nth(2).waitFor();
    const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    const names = page.locator(':is(#vms, #tasks) td.name');
    await eventually(() => names.allTextContents()).toEqual(Array(6).fill(expect.stringMatching(uuid)));
    await rows(page, 'vms').first().getByRole('button').click();
    await page.getByRole('dialog', { name: uuid }).getByText('PC-Cluster').first().waitFor();
  });

  test('5,000 VMs: some rows, a filter in reach of the keyboard, and nothing drawn that is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'state-'));
    const state = join(folder, 'state.json');
    writeFileSync(state, JSON.stringify(await stateWithVms(5_000)));
    const { simulator, page } = await viewer.look({ state });
    const more = page.locator('#vms-more');
    await eventually(() => more.innerText()).toBe('the newest 200, and 4,800 more');
    await eventually(() => rows(page, 'vms').count()).toBe(200);
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
    // Not "1,111 of 5,000", which is what fits the first six letters.
    await eventually(() => more.innerText()).toBe('11 of 5,000 match');
    await eventually(() => rows(page, 'vms').count()).toBe(11);
    await page.keyboard.type('456');
    await page.getByText('No VM fits the filter.').waitFor();
    await page.keyboard.press('Escape');
    await withWord(rows(page, 'vms'), 'host-4999').waitFor();
    rmSync(folder, { recursive: true });
  });

  test('on a small screen nothing sticks out; the dark scheme is dark', async () => {
    const { simulator, page } = await viewer.look();
    const long = `long-${'x'.repeat(70)}`;
    await createVm(simulator, long, { power_state: 'ON' });
    await createVm(simulator, 'web-1', { power_state: 'ON' });
    await rows(page, 'vms', 'web-1').waitFor();
    await page.setViewportSize({ width: 360, height: 640 });
    await eventually(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await eventually(async () => (await rows(page, 'vms', 'web-1').boundingBox())?.height).toBeLessThan(60);
    await rows(page, 'vms', long).getByRole('button').click();
    await page.getByRole('button', { name: 'Delete behind the back' }).click();
    await page.getByRole('button', { name: `Really delete ${long}?` }).waitFor();
    for (const node of ['dialog .final', 'dialog .frame']) {
      const beyond = (): Promise<unknown> =>
        page.evaluate(
          `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('${node}'))`,
        );
      await eventually(async () => [node, await beyond()]).toEqual([node, 0]);
    }
    await page.keyboard.press('Escape');
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(ground).toBe('rgb(245, 246, 247)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(ground).toBe('rgb(20, 23, 26)');
  });
});
