import { createHash } from 'node:crypto';
import { PRESET } from '../../../src/simulator/index.js';
import { at, type ApiClient } from '../api-client.js';
import { started } from '../running.js';
import { imageDisk, madeVm, reference, vmBody } from '../vm-bodies.js';

const UNKNOWN = '11111111-2222-3333-4444-555555555555';

async function made(api: ApiClient, path: string, body: unknown): Promise<string> {
  const answer = await api.call('POST', path, body);
  const task = await api.task(String(at(answer.body, 'status', 'execution_context', 'task_uuid')));
  expect(task).toMatchObject({ status: 'SUCCEEDED' });
  return String(at(answer.body, 'metadata', 'uuid'));
}

describe('images', () => {
  const spec = (resources: object): unknown => ({
    metadata: { kind: 'image' },
    spec: { name: 'img', resources: { image_type: 'DISK_IMAGE', ...resources } },
  });

  test('from a URL: placed where asked, with a size, ready to clone', async () => {
    const { api } = await started();
    const resources = {
      source_uri: 'https://images.example.net/u.qcow2',
      initial_placement_ref_list: [reference('cluster', PRESET.cluster.uuid)],
    };
    const uuid = await made(api, '/images', spec(resources));
    const image = (await api.call('GET', `/images/${uuid}`)).body;
    expect(at(image, 'status')).toMatchObject({
      state: 'COMPLETE',
      resources: {
        size_bytes: 2 ** 31,
        current_cluster_reference_list: resources.initial_placement_ref_list,
      },
    });
    await madeVm(
      api,
      vmBody({ disk_list: [imageDisk({ data_source_reference: reference('image', uuid) })] }),
    );
    expect((await api.work('DELETE', `/images/${uuid}`))['status']).toBe('SUCCEEDED');
  });

  test('by upload: once, with its checksum compared', async () => {
    const { api } = await started();
    const uuid = await made(api, '/images', spec({}));
    const bytes = Buffer.alloc(300_000, 7);
    const upload = (sha256: string): Promise<{ status: number; body: unknown }> =>
      api.call('PUT', `/images/${uuid}/file`, bytes, {
        headers: {
          'content-type': 'application/octet-stream',
          'x-nutanix-checksum-type': 'SHA_256',
          'x-nutanix-checksum-bytes': sha256,
        },
      });
    expect((await upload('00')).status).toBe(400);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await upload(sha256)).toMatchObject({ status: 200, body: {} });
    expect((await upload(sha256)).status).toBe(400);
    const image = (await api.call('GET', `/images/${uuid}`)).body;
    expect(at(image, 'status', 'resources', 'size_bytes')).toBe(300_000);
  });

  test("from a VM's disk", async () => {
    const { api } = await started();
    const vm = await api.call('GET', `/vms/${await madeVm(api)}`);
    const disk = String(at(vm.body, 'spec', 'resources', 'disk_list', 0, 'uuid'));
    const uuid = await made(api, '/images', spec({ data_source_reference: reference('vm_disk', disk) }));
    expect(at((await api.call('GET', `/images/${uuid}`)).body, 'status', 'resources', 'size_bytes')).toBe(
      2 ** 31,
    );
    const unknown = spec({ data_source_reference: reference('vm_disk', UNKNOWN) });
    expect((await api.work('POST', '/images', unknown))['status']).toBe('FAILED');
  });

  test('two of one name are two', async () => {
    const { api } = await started();
    const { body } = await api.call('POST', '/images/list', { filter: 'name==golden-image' });
    expect(at(body, 'metadata', 'total_matches')).toBe(2);
  });
});
