import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { PRESET } from '../../../src/simulator/index.js';
import { at } from '../../simulator/api-client.js';
import type { Simulator } from '../simulator.js';
import { eventually, heardFrom } from './eventually.js';
import { createVm, describeInBrowser, originOf, rows, V3, Viewer, withWord } from './viewer.js';

const SECRET = 'hunter2';
const USER_DATA = Buffer.from(`#cloud-config\nhostname: web-1\npassword: ${SECRET}\n`).toString('base64');
const viewShape = z.looseObject({ counts: z.looseObject({ requests: z.number() }) });
const GROUPS = '/api/volumes/v4.3/config/volume-groups';

describeInBrowser('the workbench', () => {
  const viewer = new Viewer();
  let simulator: Simulator;
  let uuid = '';

  beforeAll(async () => {
    await viewer.open();
    simulator = await viewer.start({ guests: 'emulated', everyApi: true });
    uuid = await createVm(simulator, 'web-1', {
      power_state: 'ON',
      guest_customization: { cloud_init: { user_data: USER_DATA } },
    });
  });
  afterEach(() => viewer.closePages());
  afterAll(async () => {
    await viewer.tidy();
    await viewer.close();
  });

  /** The panel with details, after a click on what opens it. */
  async function opened(page: Page, section: string, name: string) {
    await rows(page, section, name).first().getByRole('button', { name }).click();
    const panel = page.getByRole('dialog');
    await panel.waitFor();
    return panel;
  }

  test('what to export can be copied, and the names are there', async () => {
    const { page, errors } = await viewer.visit(simulator, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.locator('#connect summary').click();
    const copy = page.getByRole('button', { name: 'Copy the environment variables' });
    await copy.waitFor();
    const said = await heardFrom(page, '#connect button');
    await copy.click();
    await eventually(said).toContain('Copied');
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    for (const [name, value] of Object.entries(simulator.env)) expect(copied).toContain(`${name}=${value}`);
    const names = page.locator('#connect-content .names');
    for (const name of ['DR-Cluster', 'debian-12-cloudimg', 'vpc-overlay', 'docker-hosts', 'env=prod'])
      await eventually(() => names.innerText()).toContain(name);
    expect(errors).toEqual([]);
  });

  test('by keyboard alone: every focus can be seen, details open, Escape closes and gives the focus back', async () => {
    const { page, errors } = await viewer.visit(simulator);
    const focused = (): Promise<unknown> =>
      page.evaluate(`(() => {
        const { activeElement: node } = document;
        const { outlineStyle, outlineWidth } = getComputedStyle(node);
        const name = node.getAttribute('aria-label') ?? node.textContent.trim();
        return { name: node.matches('input, select') ? node.id : name, seen: outlineStyle !== 'none' && outlineWidth !== '0px' };
      })()`);
    const names: string[] = [];
    // To the end of the page, and no further: the focus leaves it, and is caught nowhere.
    while (!names.includes('fault rules as JSON') && names.length < 120) {
      await page.keyboard.press('Tab');
      const now = await focused();
      expect(now).toMatchObject({ seen: true });
      names.push(String(at(now, 'name')));
    }
    expect(names.slice(0, 2)).toEqual(['Pause', 'Connect']);
    const places = [
      'filter',
      'web-1',
      'volume-filter',
      'task-filter',
      'request-filter',
      'fault-times',
      'slow answers',
    ];
    const order = places.map((name) => names.indexOf(name));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));

    await page.getByRole('button', { name: 'web-1', exact: true }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'web-1' }).getByText('PC-Cluster / node').waitFor();
    for (let count = 0; count < 40; count += 1) {
      await page.keyboard.press('Tab');
      // Behind the panel nothing can be reached; its end leads to the browser's own controls.
      expect(await page.evaluate("document.activeElement.closest('dialog, body')?.localName")).toMatch(
        /dialog|body/,
      );
      expect(await page.evaluate("document.querySelector('main').contains(document.activeElement)")).toBe(
        false,
      );
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await eventually(focused).toMatchObject({ name: 'web-1', seen: true });
    expect(errors).toEqual([]);
  });

  test('a VM: what it is made of, and power', async () => {
    const { page, errors } = await viewer.visit(simulator);
    const panel = await opened(page, 'vms', 'web-1');
    for (const text of [
      'PC-Cluster / node',
      'from ubuntu-22.04-cloudimg',
      'hostname: web-1',
      'password: (hidden)',
    ])
      await panel.getByText(text).first().waitFor();
    expect(await panel.innerText()).not.toContain(SECRET);
    await eventually(() => panel.getByRole('button', { name: 'Power on' }).isDisabled()).toBe(true);
    await panel.getByRole('button', { name: 'Power off' }).click();
    await panel.getByText('off, complete').waitFor();
    await panel.getByText('PowerOffVm').waitFor();
    await panel.getByRole('button', { name: 'Power on' }).click();
    await panel.getByText('on, complete').waitFor();
    await withWord(rows(page, 'vms', 'web-1'), 'on').waitFor();

    await panel.getByRole('button', { name: 'Close details' }).click();
    await createVm(simulator, 'gone-1');
    await opened(page, 'vms', 'gone-1');
    const changes: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') changes.push(new URL(request.url()).pathname);
    });
    await panel.getByRole('button', { name: 'Delete behind the back' }).click();
    // A button sends what it does in the very task in which it is pressed: with the question there, all that is sent is known.
    await panel.getByRole('button', { name: 'Really delete gone-1?' }).waitFor();
    expect(changes).toEqual([]);
    await panel.getByRole('button', { name: 'Really delete gone-1?' }).click();
    await eventually(() => Promise.resolve(changes)).toEqual([expect.stringMatching(/actions\/delete/)]);
    await rows(page, 'vms', 'gone-1').waitFor({ state: 'detached' });
    await panel.getByText('or not any more').waitFor();
    // A browser says in its console that a request was answered with 404.
    expect(errors.filter((text) => !text.includes('404'))).toEqual([]);
  });

  test('a terminal of the guest', async () => {
    const { page, errors } = await viewer.visit(simulator);
    const panel = await opened(page, 'vms', 'web-1');
    await panel.getByRole('button', { name: 'Open a terminal' }).click();
    const shown = panel.getByRole('log');
    await shown.getByText('root@web-1:~#').waitFor();
    await page.keyboard.type('echo $((6 * 7)) "<b>é</b>" > /root/it; cat /root/it');
    await page.keyboard.press('Enter');
    await shown.getByText('42 <b>é</b>').waitFor();
    await page.keyboard.press('ArrowUp');
    const line = panel.getByLabel('Line for the terminal');
    await eventually(() => line.inputValue()).toContain('echo $((6 * 7))');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('sleep 1000');
    await page.keyboard.press('Enter');
    await panel.getByRole('button', { name: 'Ctrl-C: interrupt what runs' }).click();
    await shown.getByText('^C').waitFor();
    await line.fill('exit');
    await page.keyboard.press('Enter');
    await panel.getByText('The login is over.').waitFor();
    expect(errors).toEqual([]);
  });

  test('requests and tasks: chosen by method, status and words, and opened without their secrets', async () => {
    const { page, errors } = await viewer.visit(simulator);
    await simulator.call('GET', `${V3}/versions`);
    await rows(page, 'requests', '/versions').first().waitFor();
    await page.getByLabel('Method of requests').selectOption('POST');
    await page.getByLabel('Status of requests').selectOption('2xx');
    await page.getByLabel('Filter requests').fill('/vms');
    await rows(page, 'requests', '/versions').first().waitFor({ state: 'detached' });
    // All of them are filtered: what is clicked next must not be another row by then.
    const cells = page.locator('#requests tbody').locator('td:nth-child(3), td:nth-child(4)');
    await eventually(async () => [...new Set(await cells.allInnerTexts())]).toEqual(['POST', '/vms']);
    await rows(page, 'requests').last().getByRole('button').click();
    const panel = page.getByRole('dialog');
    await panel.getByText('"num_sockets": 2').first().waitFor();
    await eventually(() => panel.innerText()).toMatch(/authorization\s+\(hidden\)/);
    await eventually(() => panel.innerText()).toContain('password: (hidden)');
    const text = await panel.innerText();
    for (const hidden of [SECRET, USER_DATA, simulator.env['NUTANIX_PASSWORD'] ?? '?'])
      expect(text).not.toContain(hidden);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    const filter = page.getByLabel('Filter requests');
    expect(await filter.inputValue()).toBe('/vms');
    await filter.press('Escape');
    await eventually(() => filter.inputValue()).toBe('');

    await page.getByLabel('Status of tasks').selectOption('failed');
    await page.getByText('No task fits the filter.').waitFor();
    await page.getByLabel('Status of tasks').selectOption('succeeded');
    await page.getByLabel('Filter tasks').fill('web-1 create');
    await eventually(() => page.locator('#tasks td.name').allInnerTexts()).toEqual(['web-1']);
    await opened(page, 'tasks', 'create_vm_intentful');
    await panel.getByText('succeeded, 100 %').waitFor();
    expect(errors).toEqual([]);
  });

  test('faults: pressed, struck, cleared', async () => {
    const { page, errors } = await viewer.visit(simulator);
    const outage = page.getByRole('button', { name: 'outage', exact: true });
    await page.getByLabel('Strike').selectOption('until it is cleared');
    await outage.click();
    await withWord(rows(page, 'faults', 'outage'), '0').waitFor();
    await eventually(() => outage.getAttribute('aria-pressed')).toBe('true');
    await expect(simulator.call('GET', `${V3}/versions`)).rejects.toThrow('503');
    await withWord(rows(page, 'faults', 'outage'), '1').waitFor();
    await outage.click();
    await rows(page, 'faults', 'outage').waitFor({ state: 'detached' });
    await eventually(() => outage.getAttribute('aria-pressed')).toBe('false');
    await simulator.addFault({ name: 'of a file', match: { path: '/nope' }, do: { status: 500 } });
    await page.getByRole('button', { name: 'Clear of a file' }).click();
    await page.getByText('No fault rule').waitFor();
    expect(errors).toEqual([]);
  });

  test('volume groups: who holds them, and those that nutanix-volume has removed', async () => {
    const { page, errors } = await viewer.visit(simulator);
    const disk = {
      diskSizeBytes: 2 ** 30,
      diskDataSourceReference: { entityType: 'STORAGE_CONTAINER', extId: PRESET.container.uuid },
    };
    for (const name of ['wpdb', 'old.removed-20261129T034200Z']) {
      await simulator.call('POST', GROUPS, { name, clusterReference: PRESET.cluster.uuid, disks: [disk] });
      await rows(page, 'volume-groups', name).waitFor();
    }
    const filter = encodeURIComponent("name eq 'wpdb'");
    const group = String(at(await simulator.call('GET', `${GROUPS}?$filter=${filter}`), 'data', 0, 'extId'));
    await simulator.call('POST', `${GROUPS}/${group}/$actions/attach-vm`, { extId: uuid });
    await withWord(rows(page, 'volume-groups', 'wpdb'), 'held').waitFor();
    const panel = await opened(page, 'volume-groups', 'wpdb');
    await panel.getByText('iqn.2010-06.com.nutanix:wpdb-').waitFor();
    await eventually(() => panel.innerText()).toMatch(/VMs that have it\s+web-1\s+scsi\.1\s+on/);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    await page.getByLabel('Filter volume groups').fill('removed');
    await rows(page, 'volume-groups', 'wpdb').waitFor({ state: 'detached' });
    await opened(page, 'volume-groups', 'old.removed');
    await panel.getByText('by nutanix-volume; still kept').waitFor();
    expect(errors).toEqual([]);
  });

  test('a pause holds everything; what is read does not move when rows arrive above it', async () => {
    // The page's timers can be run on.
    const { page, errors } = await viewer.visit(simulator, {}, (begun) => begun.clock.install());
    const ask = async (count: number): Promise<void> => {
      await Promise.all(Array.from({ length: count }, () => simulator.call('GET', `${V3}/versions`)));
    };
    // All of the requests, with their answers: a pause asks once more, and that must bring nothing new.
    const settled = async (): Promise<void> => {
      const { counts } = viewShape.parse(JSON.parse(await simulator.text('/simulator/view')));
      const total = page.locator('#counts div', { hasText: 'since the start' }).locator('.figure');
      await eventually(() => total.innerText()).toBe(counts.requests.toLocaleString('en'));
      await eventually(() => rows(page, 'requests', 'under way').count()).toBe(0);
    };
    await ask(40);
    await settled();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('#connection', { hasText: 'paused' }).waitFor();
    const first = await rows(page, 'requests').first().innerText();
    await page.evaluate("document.querySelector('#requests .frame').scrollTop = 300");
    await page.evaluate("document.querySelectorAll('#requests tbody tr')[12].id = 'read'");
    const place = (): Promise<unknown> =>
      page.evaluate("document.querySelector('#read').getBoundingClientRect().top");
    const before = Number(await place());
    await ask(7);
    let asked = 0;
    page.on('request', () => (asked += 1));
    await page.clock.runFor(10_000);
    expect([asked, await rows(page, 'requests').first().innerText(), await place()]).toEqual([
      0,
      first,
      before,
    ]);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.locator('#connection', { hasText: 'live' }).waitFor();
    await settled();
    await eventually(async () => Math.abs(Number(await place()) - before)).toBeLessThan(2);
    expect(errors).toEqual([]);
  });

  test.each([
    [360, 'light'],
    [360, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)('at %i px, %s: nothing sticks out, every control has a name', async (width, colorScheme) => {
    const { page, errors } = await viewer.visit(simulator, { viewport: { width, height: 740 }, colorScheme });
    await page.locator('#connect summary').click();
    const wide = (selector: string): Promise<unknown> =>
      page.evaluate(`document.querySelector('${selector}').scrollWidth`);
    await eventually(() => wide('html')).toBe(width);
    const panel = await opened(page, 'vms', 'web-1');
    await panel.getByRole('button', { name: 'Open a terminal' }).click();
    await panel.getByRole('log').getByText('root@web-1').waitFor();
    await eventually(() => wide('html')).toBe(width);
    const beyond =
      '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector("dialog"))';
    await eventually(() => page.evaluate(beyond)).toBe(0);
    const nameless =
      await page.evaluate(`[...document.querySelectorAll('button, input, select, a, [tabindex], dialog')]
      .filter((node) => !(node.getAttribute('aria-label') ?? node.textContent).trim())
      .filter((node) => !node.labels?.length && !node.getAttribute('aria-labelledby'))
      .map((node) => node.outerHTML)`);
    expect(nameless).toEqual([]);
    // A row that has just arrived is of another colour for a moment.
    await eventually(() => faintest(page)).toBeGreaterThan(4.5);
    expect(errors).toEqual([]);
  });

  test('a page of another site gets nowhere', async () => {
    const server = createServer((_request, response) =>
      response.setHeader('Content-Type', 'text/html').end('other'),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const { page } = await viewer.visit(simulator);
    await page.goto(`http://127.0.0.1:${port}/`);
    const url = `${originOf(simulator)}/simulator/workbench`;
    const attempt = (path: string, options: string): Promise<unknown> =>
      page.evaluate(
        `fetch('${url}${path}', ${options}).then(({ type, status }) => type + ' ' + status, () => 'failed')`,
      );
    const header = "headers: { 'X-Simulator-Page': '1' }";
    expect(await attempt('/connection', `{ ${header} }`)).toBe('failed');
    expect(await attempt(`/vms/${uuid}/actions/power-off`, `{ method: 'POST', ${header} }`)).toBe('failed');
    expect(
      await attempt('/faults', `{ method: 'POST', mode: 'no-cors', body: '{"title":"outage"}' }`),
    ).toMatch(/failed|opaque/);
    expect(await attempt(`/vms/${uuid}/actions/power-off`, `{ method: 'POST', mode: 'no-cors' }`)).toMatch(
      /failed|opaque/,
    );
    const state = await simulator.call('GET', '/simulator/state');
    expect([at(state, 'faults'), at(state, 'vms', 0, 'power')]).toEqual([[], 'ON']);
    server.close();
  });
});

/** The least contrast of a text on the page against what is painted behind it, as WCAG counts it. */
async function faintest(page: Page): Promise<number> {
  return Number(
    await page.evaluate(`(() => {
      const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const painted = new Map();
      const over = (color, ground) => {
        const key = color + ' over ' + ground;
        if (!painted.has(key)) painted.set(key, mix(color, ground));
        return painted.get(key);
      };
      const mix = (color, ground) => {
        paint.clearRect(0, 0, 1, 1);
        for (const one of [ground, color]) { paint.fillStyle = one; paint.fillRect(0, 0, 1, 1); }
        const [r, g, b] = paint.getImageData(0, 0, 1, 1).data;
        return 'rgb(' + r + ' ' + g + ' ' + b + ')';
      };
      const light = (color) => {
        const [r, g, b] = color.match(/\\d+/g).map((part) => part / 255)
          .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = (node) => node === null ? 'white'
        : over(getComputedStyle(node).backgroundColor, ground(node.parentElement));
      const texts = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility()
        && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())
        && !node.closest(':disabled'));
      return Math.min(...texts.map((node) => {
        const behind = ground(node);
        const [a, b] = [light(over(getComputedStyle(node).color, behind)), light(behind)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      }));
    })()`),
  );
}
