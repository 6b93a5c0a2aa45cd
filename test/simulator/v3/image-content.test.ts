import { get } from 'node:https';
import { PRESET } from '../../../src/simulator/index.js';
import { at, type ApiClient } from '../api-client.js';
import { started } from '../running.js';
import { madeVm, reference } from '../vm-bodies.js';

const MIB = 2 ** 20;
const cluster = { cluster_reference: reference('cluster', PRESET.cluster.uuid) };

async function madeImage(api: ApiClient, resources: object = {}): Promise<string> {
  const body = { metadata: { kind: 'image' }, spec: { name: 'img', resources } };
  const answer = await api.call('POST', '/images', body);
  const task = await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));
  expect(task['status']).toBe('SUCCEEDED');
  return String(at(answer.body, 'metadata', 'uuid'));
}

function upload(api: ApiClient, uuid: string, content: Buffer): Promise<{ status: number }> {
  const headers = { 'content-type': 'application/octet-stream' };
  return api.call('PUT', `/images/${uuid}/file`, content, { headers });
}

describe("an image's file", () => {
  test('is what was uploaded, until the image is removed', async () => {
    const { api } = await started();
    const uuid = await madeImage(api);
    const early = await api.call('GET', `/images/${uuid}/file`);
    expect([early.status, at(early.body, 'message_list', 0, 'reason')]).toEqual([400, 'INVALID_ARGUMENT']);
    const content = Array.from({ length: 50_000 }, (_, line) => `line ${String(line)}\n`).join('');
    await upload(api, uuid, Buffer.from(content));
    const file = await api.call('GET', `/images/${uuid}/file`);
    expect(file.body).toBe(content);
    expect(file.headers['content-type']).toBe('application/octet-stream');
    expect(file.headers['content-length']).toBe(String(content.length));
    await api.work('DELETE', `/images/${uuid}`);
    expect((await api.call('GET', `/images/${uuid}/file`)).status).toBe(404);
  });

  test("of a VM's disk has the disk's size", async () => {
    const { api } = await started();
    const disk_list = [{ disk_size_bytes: 3 * MIB, device_properties: { device_type: 'DISK' } }];
    const spec = { name: 'vm', resources: { disk_list } };
    const vm = await madeVm(api, { metadata: { kind: 'vm' }, spec: { ...spec, ...cluster } });
    const { body } = await api.call('GET', `/vms/${vm}`);
    const disk = String(at(body, 'spec', 'resources', 'disk_list', 0, 'uuid'));
    const uuid = await madeImage(api, { data_source_reference: reference('vm_disk', disk) });
    const file = await api.call('GET', `/images/${uuid}/file`);
    expect([file.status, file.body]).toEqual([200, '\0'.repeat(3 * MIB)]);
  });

  test('of an upload that is too large to keep is refused, and said to be', async () => {
    const { api } = await started();
    const uuid = await madeImage(api);
    expect((await upload(api, uuid, Buffer.alloc(64 * MIB + 1))).status).toBe(200);
    const { status, body } = await api.call('GET', `/images/${uuid}/file`);
    expect([status, at(body, 'message_list', 0, 'reason')]).toEqual([501, 'REQUEST_NOT_SUPPORTED']);
    const image = await api.call('GET', `/images/${uuid}`);
    expect(at(image.body, 'status', 'resources', 'size_bytes')).toBe(64 * MIB + 1);
  });

  test('of two uploads at once, one is taken', async () => {
    const { api } = await started();
    const uuid = await madeImage(api);
    const answers = await Promise.all(['a', 'b'].map((text) => upload(api, uuid, Buffer.from(text))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  test('can break off, as a fault rule wants it', async () => {
    const { api, simulator } = await started();
    const uuid = await madeImage(api, { source_uri: 'https://images.example.net/x.qcow2' });
    simulator.addFault({ name: 'cut', match: { path: '/images/*/file' }, do: { resetAfter: 100 } });
    await expect(api.call('GET', `/images/${uuid}/file`)).rejects.toThrow(
      /aborted|socket hang up|ECONNRESET/,
    );
  });

  test('that nobody reads on does not hold up the end', async () => {
    const { api, simulator } = await started();
    const uuid = await madeImage(api, { source_uri: 'https://images.example.net/x.qcow2' });
    const { host, port, certificatePem: ca } = simulator;
    const path = `/api/nutanix/v3/images/${uuid}/file`;
    const headers = { authorization: api.authorization };
    const broken = new Promise<void>((resolve, reject) => {
      const call = get({ host, port, path, ca, headers }, (response) => {
        expect(response.headers['content-length']).toBe(String(2 ** 31));
        response.once('data', () => {
          response.pause();
          simulator.close().then(() => response.resume(), reject);
        });
        response.on('error', () => resolve());
      });
      call.on('error', reject);
    });
    await broken;
  });

  test('is not for viewers', async () => {
    const { api } = await started({ users: [{ username: 'eve', password: 'x', role: 'viewer' }] });
    const uuid = await madeImage(api);
    const authorization = `Basic ${Buffer.from('eve:x').toString('base64')}`;
    for (const method of ['GET', 'PUT']) {
      const body = method === 'PUT' ? Buffer.from('content') : undefined;
      const headers = { authorization, ...(body && { 'content-type': 'application/octet-stream' }) };
      expect((await api.call(method, `/images/${uuid}/file`, body, { headers })).status).toBe(403);
    }
  });
});
