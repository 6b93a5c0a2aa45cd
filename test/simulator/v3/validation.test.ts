import { request } from 'node:https';
import { at, objectOf } from '../api-client.js';
import { started } from '../running.js';
import { imageDisk, madeVm, updateBody, vmBody } from '../vm-bodies.js';

type Details = Record<string, string[]>;

/** `details` of the 422 that a body gets. */
async function detailsOf(path: string, body: unknown): Promise<Details> {
  const { api } = await started();
  const answer = await api.call('POST', path, body);
  expect(answer.body).toMatchObject({
    api_version: '3.1',
    code: 422,
    state: 'ERROR',
    message_list: [{ message: 'Request could not be processed.', reason: 'INVALID_REQUEST' }],
  });
  return objectOf(at(answer.body, 'message_list', 0, 'details')) as Details;
}

const withSpec = (spec: object): unknown => ({
  metadata: { kind: 'vm' },
  spec: { name: 'a', resources: {}, ...spec },
});

describe('requests are checked against the schema, in its words', () => {
  test.each<[string, unknown, Details]>([
    ['no body', undefined, { '': ["None is not of type 'object'"] }],
    ['a list', [], { '': ["[] is not of type 'object'"] }],
    ['nothing in it', {}, { '': ["'metadata' is a required property", "'spec' is a required property"] }],
    [
      'no kind',
      { metadata: {}, spec: { name: 'a', resources: {} } },
      { metadata: ["'kind' is a required property"] },
    ],
    [
      'another kind',
      { metadata: { kind: 'image' }, spec: { name: 'a', resources: {} } },
      { 'metadata.kind': ["'image' is not one of ['vm']"] },
    ],
    [
      'a long name',
      withSpec({ name: 'x'.repeat(257) }),
      { 'spec.name': [`'${'x'.repeat(119)}... is too long`] },
    ],
    ['a number as name', withSpec({ name: 5 }), { 'spec.name': ["5 is not of type 'string'"] }],
    [
      'a reference that is no UUID',
      withSpec({ cluster_reference: { kind: 'cluster', uuid: 'auto_cluster_1aa888141361' } }),
      {
        'spec.cluster_reference.uuid': [
          "'auto_cluster_1aa888141361' does not match '^[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}$'",
        ],
      },
    ],
    [
      'an unknown power state',
      withSpec({ resources: { power_state: 'on' } }),
      { 'spec.resources.power_state': ["'on' is not one of ['ON', 'OFF']"] },
    ],
    [
      'no memory at all',
      withSpec({ resources: { memory_size_mib: 0, num_sockets: 1.5 } }),
      {
        'spec.resources.memory_size_mib': ['0 is less than the minimum of 1'],
        'spec.resources.num_sockets': ["1.5 is not of type 'integer'"],
      },
    ],
    [
      'a disk without index',
      withSpec({
        resources: { disk_list: [{}, { device_properties: { disk_address: { adapter_type: 'SCSI' } } }] },
      }),
      {
        'spec.resources.disk_list.1.device_properties.disk_address': [
          "'device_index' is a required property",
        ],
      },
    ],
    [
      'too much user data',
      withSpec({ resources: { guest_customization: { cloud_init: { user_data: 'x'.repeat(128_001) } } } }),
      { 'spec.resources.guest_customization.cloud_init.user_data': [`'${'x'.repeat(119)}... is too long`] },
    ],
    [
      'neither cloud-init nor sysprep',
      withSpec({ resources: { guest_customization: {} } }),
      { 'spec.resources.guest_customization': ['{} is not valid under any of the given schemas'] },
    ],
    [
      'cloud-init and sysprep',
      withSpec({
        resources: {
          guest_customization: { cloud_init: { user_data: 'x' }, sysprep: { unattend_xml: 'x' } },
        },
      }),
      {
        'spec.resources.guest_customization': [
          "{'cloud_init': {'user_data': 'x'}, 'sysprep': {'unattend_xml': 'x'}} is valid under more than one of the given schemas",
        ],
      },
    ],
  ])('%s', async (_, body, expected) => {
    expect(await detailsOf('/vms', body)).toEqual(expected);
  });

  test('lists too', async () => {
    expect(await detailsOf('/vms/list', { kind: 'image', length: 0, offset: -1 })).toEqual({
      kind: ["'image' is not one of ['vm']"],
      length: ['0 is less than the minimum of 1'],
      offset: ['-1 is less than the minimum of 0'],
    });
  });

  test('a PUT that still has a status', async () => {
    const { api } = await started();
    const uuid = await madeVm(api);
    const { status, body } = await api.call('PUT', `/vms/${uuid}`, {
      ...(await updateBody(api, uuid, {})),
      status: {},
    });
    expect([status, at(body, 'message_list', 0, 'details')]).toEqual([
      422,
      { '': ["Additional properties are not allowed ('status' was unexpected)"] },
    ]);
  });

  test('what the schema does not know is kept and given back', async () => {
    const { api } = await started();
    const tools = { nutanix_guest_tools: { state: 'ENABLED', iso_mount_state: 'MOUNTED' } };
    const uuid = await madeVm(
      api,
      vmBody({ guest_tools: tools, disk_list: [imageDisk({ new_field: [1] })], other: { a: 1 } }),
    );
    const { body } = await api.call('GET', `/vms/${uuid}`);
    for (const block of ['spec', 'status']) {
      expect(at(body, block, 'resources')).toMatchObject({
        guest_tools: tools,
        other: { a: 1 },
        disk_list: [{ new_field: [1] }],
      });
    }
  });
});

describe('bodies that are no requests', () => {
  test.each([
    ['not JSON', Buffer.from('{"a":'), 'application/json', 400, 'INVALID_REQUEST'],
    ['a prototype', Buffer.from('{"__proto__":{"x":1}}'), 'application/json', 400, 'INVALID_REQUEST'],
    ['XML', Buffer.from('<a/>'), 'application/xml', 415, 'UNSUPPORTED_MEDIA_TYPE_ERROR'],
    ['too large', Buffer.alloc(17 * 2 ** 20, 32), 'application/json', 413, 'INVALID_REQUEST'],
    [
      'very deep',
      Buffer.from('['.repeat(500_000) + ']'.repeat(500_000)),
      'application/json',
      400,
      'INVALID_REQUEST',
    ],
  ])('%s', async (_, bytes, type, status, reason) => {
    const { api } = await started();
    const answer = await api.call('POST', '/vms', bytes, { headers: { 'content-type': type } });
    expect([answer.status, at(answer.body, 'message_list', 0, 'reason')]).toEqual([status, reason]);
    expect((await api.call('GET', '/versions')).status).toBe(200);
  });

  test('an empty body with a JSON content type is none', async () => {
    const { api } = await started();
    const answer = await api.call('GET', '/versions', undefined, {
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
    const uuid = await madeVm(api);
    const json = { headers: { 'content-type': 'application/json', 'content-length': '0' } };
    expect((await api.call('DELETE', `/vms/${uuid}`, undefined, json)).status).toBe(202);
  });
});

describe('what the real API has and this one does not', () => {
  test.each([
    ['POST', '/volume_groups'],
    ['POST', '/vms/x/snapshot'],
    ['GET', '/vms/x/ngt'],
    ['GET', '/vms/capabilities'],
  ])('%s %s says so', async (method, path) => {
    const { api } = await started();
    const { status, body } = await api.call(method, path, method === 'GET' ? undefined : {});
    expect([status, at(body, 'message_list', 0, 'reason')]).toEqual([501, 'REQUEST_NOT_SUPPORTED']);
    expect(at(body, 'message_list', 0, 'message')).toContain('is not modelled by this simulator');
  });
});

describe('paths that are not there', () => {
  test.each([
    ['GET', '/nope', 404],
    ['GET', '/vms/', 404],
    ['GET', '/vms/a/b/c', 404],
    ['POST', '/volume_groups/x/detach', 404],
    ['PUT', '/vms', 405],
    ['PATCH', '/vms', 405],
    ['DELETE', '/clusters/x', 405],
  ])('%s %s: a text of the web framework, %d', async (method, path, status) => {
    const { api } = await started();
    const answer = await api.call(method, path);
    expect([answer.status, Object.keys(objectOf(answer.body))]).toEqual([status, ['message']]);
  });

  test('outside the API as well', async () => {
    const { api } = await started();
    const answer = await api.absolute('GET', '/api/nutanix/v2.0/vms');
    expect(answer).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('not found') as unknown },
    });
  });

  test('path parameters are percent-decoded, and broken ones do no harm', async () => {
    const { api, simulator } = await started();
    expect((await api.call('GET', '/categories/a%2Fb')).status).toBe(404);
    const { host, port, certificatePem: ca } = simulator;
    const status = await new Promise((resolve) => {
      const path = '/api/nutanix/v3/vms/%zz';
      const headers = { authorization: api.authorization };
      request({ host, port, ca, path, headers }, (response) => resolve(response.statusCode)).end();
    });
    expect(status).toBe(400);
  });
});
