import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { at, listOf, type ApiClient, type Response } from './api-client.js';
import { stateWithVms } from './many-vms.js';
import { started } from './running.js';
import { startedVolumes, succeeded } from './v4/volume/volumes.js';
import { madeVm, vmBody } from './vm-bodies.js';

const FILES = readdirSync(join(__dirname, '..', '..', 'src', 'simulator', 'page', 'browser'));

/** As a browser asks: without credentials. */
function look(api: ApiClient, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return api.absolute('GET', path, undefined, { signIn: false, headers });
}

describe('the page', () => {
  test('loads scripts and styles from this server only; the policy names the one script that is inline', async () => {
    const { api } = await started();
    const { status, headers, body } = await look(api, '/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const html = String(body);
    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
    expect(loaded).toContain('simulator/page/page.js');
    for (const url of loaded) expect((await look(api, `/${url}`)).status).toBe(200);
    const [inline, ...others] = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(
      ([, script = '']) => script,
    );
    const hash = createHash('sha256').update(String(inline)).digest('base64');
    expect(String(headers['content-security-policy']).split('; ')).toContain(
      `script-src 'self' 'sha256-${hash}'`,
    );
    expect(others).toEqual([]);
    expect(html.replace(`<script>${String(inline)}`, '')).not.toMatch(
      /<style|<script[^>]*>[^<]|\son\w+=|\sstyle=|javascript:/,
    );
  });

  test.each([
    ['.html', 'text/html; charset=utf-8'],
    ['.js', 'text/javascript; charset=utf-8'],
    ['.css', 'text/css; charset=utf-8'],
    ['.svg', 'image/svg+xml'],
  ])('files that end in %s are served as %s', async (ending, type) => {
    const { api } = await started();
    const names = FILES.filter((name) => name.endsWith(ending));
    expect(names).not.toEqual([]);
    for (const name of names) {
      const { status, headers, body } = await look(api, `/simulator/page/${name}`);
      expect([status, headers['content-type']]).toEqual([200, type]);
      expect(String(body)).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg")|innerHTML|@import url/);
    }
  });

  test.each(['/simulator/page/nope.js', '/simulator/page/..%2fview.ts', '/simulator/page/__proto__'])(
    '%s is not there',
    async (path) => {
      const { api } = await started();
      expect((await look(api, path)).status).toBe(404);
    },
  );

  test.each(['/', '/simulator/page/page.js', '/simulator/page/page.css', '/simulator/view'])(
    '%s: nothing foreign is loaded, nobody frames it, no other site reads it',
    async (path) => {
      const { api } = await started();
      const { headers } = await look(api, path);
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          expect.stringMatching(/^script-src 'self' 'sha256-[^ ]+'$/),
          "style-src 'self'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
        ]),
      );
      expect(policy.join(' ')).not.toMatch(/unsafe|https?:|data:|\*/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  test('what the browser has already is not sent again', async () => {
    const { api } = await started();
    for (const path of ['/', '/simulator/page/page.js', '/simulator/view']) {
      const { headers } = await look(api, path);
      const again = await look(api, path, { 'if-none-match': String(headers['etag']) });
      expect([path, again.status, again.body]).toEqual([path, 304, undefined]);
      const other = await look(api, path, { 'if-none-match': '"another"' });
      expect([path, other.status]).toEqual([path, 200]);
    }
  });

  test('HEAD gives the headers', async () => {
    const { api } = await started();
    const { status, headers, body } = await api.absolute('HEAD', '/', undefined, { signIn: false });
    expect([status, headers['content-type'], body]).toEqual([200, 'text/html; charset=utf-8', undefined]);
  });

  test('the API is as it was, and knows nothing of who looks', async () => {
    const { api, simulator } = await started();
    const before = await api.call('GET', '/versions');
    await look(api, '/');
    await look(api, '/simulator/view');
    const { headers } = await api.call('GET', '/versions');
    expect(Object.keys(headers)).toEqual(Object.keys(before.headers));
    expect(headers['content-security-policy']).toBe(before.headers['content-security-policy']);
    expect(headers).not.toHaveProperty('cross-origin-resource-policy');
    expect(simulator.snapshot().requests.total).toBe(2);
    expect((await api.absolute('POST', '/')).status).toBe(404);
  });
});

describe('GET /simulator/view', () => {
  test('another ETag as soon as something else is to be seen, and only then', async () => {
    const { api } = await started();
    const etag = async (): Promise<unknown> => (await look(api, '/simulator/view')).headers['etag'];
    const before = await etag();
    expect(await etag()).toBe(before);
    await madeVm(api);
    expect(await etag()).not.toBe(before);
  });

  test('has no secret in it', async () => {
    const { api } = await started({ password: 'very-secret', apiKey: 'key-secret' });
    const userData = Buffer.from('user-data-secret').toString('base64');
    await madeVm(api, vmBody({ guest_customization: { cloud_init: { user_data: userData } } }));
    await api.call('GET', '/users/me', undefined, {
      signIn: false,
      headers: { 'x-ntnx-api-key': 'key-secret' },
    });
    const text = JSON.stringify((await look(api, '/simulator/view')).body);
    expect(text).toContain('/users/me');
    for (const hidden of [
      'very-secret',
      'key-secret',
      userData,
      'user-data-secret',
      'NTNX_IAM_SESSION',
      'Basic ',
    ]) {
      expect(text).not.toContain(hidden);
    }
  });

  test('volume groups in few words, and no secret of theirs', async () => {
    const { client } = await startedVolumes();
    const [vm, group] = [
      await client.vm('db-1'),
      await client.group({ iscsiFeatures: { targetSecret: 'target-secret-123' } }),
    ];
    succeeded(await client.act(group, 'attach-vm', { extId: vm }));
    const { body } = await look(client.v4.older, '/simulator/view');
    expect(at(body, 'volumeGroups')).toMatchObject({
      of: 1,
      rows: [
        {
          uuid: group,
          name: 'docker-data1',
          sizeBytes: 2 ** 30,
          disks: { rows: [{ index: 0, sizeBytes: 2 ** 30 }], of: 1 },
          vms: { rows: ['db-1'], of: 1 },
          iscsiClients: { rows: [], of: 0 },
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('target-secret');
  });

  test('a task keeps the name of a VM that is gone', async () => {
    const { api } = await started();
    await api.work('DELETE', `/vms/${await madeVm(api)}`);
    const { body } = await look(api, '/simulator/view');
    expect(at(body, 'vms')).toEqual({ rows: [], of: 0 });
    expect(at(body, 'tasks', 'rows')).toMatchObject([
      { operation: 'delete_vm_intentful', status: 'SUCCEEDED', percentage: 100, entity: 'web-1' },
      { operation: 'create_vm_intentful', entity: 'web-1' },
    ]);
  });

  test('fault rules in words, and where they struck', async () => {
    const { api, simulator } = await started();
    const match = { method: 'GET', path: '/versions', nth: { from: 1, to: 2 } };
    simulator.addFault({ name: 'down', match, do: { status: 503 }, times: 4 });
    await api.call('GET', '/versions?x=1');
    const { body } = await look(api, '/simulator/view');
    expect(at(body, 'faults', 'rows')).toEqual([
      {
        name: 'down',
        match: 'method GET, path /versions, nth from 1, to 2',
        effect: 'status 503',
        struck: 1,
        times: 4,
      },
    ]);
    expect(at(body, 'requests', 'rows', 0)).toMatchObject({
      method: 'GET',
      path: '/versions?x=1',
      status: 503,
      faults: ['down'],
    });
    expect(at(body, 'counts')).toMatchObject({ requests: 1, faults: 1, strikes: 1 });
  });

  test('5,000 VMs: the newest ones, a filter that finds the others, and an answer at once', async () => {
    const { api } = await started({ state: await stateWithVms(5_000) });
    const view = async (filter: string): Promise<unknown> =>
      (await look(api, `/simulator/view?filter=${encodeURIComponent(filter)}`)).body;
    // Time of this process alone, in which the simulator is too: other work on the computer does not count.
    const began = process.cpuUsage();
    const all = await view('');
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(500);
    expect(at(all, 'counts', 'vms')).toBe(5_000);
    expect([at(all, 'vms', 'of'), listOf(at(all, 'vms', 'rows')).length]).toEqual([5_000, 200]);
    expect(at(all, 'vms', 'rows', 0, 'name')).toBe('host-4999');
    expect(JSON.stringify(all).length).toBeLessThan(120_000);
    const found = await view(' HOST-123  pc-cluster ');
    expect(at(found, 'vms', 'of')).toBe(11);
    expect(at(await view('host-123 elsewhere'), 'vms', 'of')).toBe(0);
    expect(at(await view('('.repeat(100)), 'vms', 'of')).toBe(0);
  });

  test('long texts of clients are cut', async () => {
    const { api } = await started();
    await api.call('GET', `/versions?${'x'.repeat(5_000)}`);
    const { body } = await look(api, '/simulator/view');
    expect(String(at(body, 'requests', 'rows', 0, 'path'))).toMatch(/^\/versions\?x{230}…$/);
  });
});
