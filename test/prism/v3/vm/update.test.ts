import { updateBody } from '../../../../src/prism/v3/vm/update.js';

const raw = {
  api_version: '3.1',
  metadata: { kind: 'vm', spec_version: 3, spec_hash: '000', categories: { a: 'b' }, unknown: 1 },
  spec: {
    name: 'web-1',
    availability_zone_reference: { kind: 'availability_zone', uuid: 'z' },
    resources: {
      power_state: 'OFF',
      future_setting: { deep: [1, 2] },
      disk_list: [
        {
          uuid: 'd',
          device_properties: { device_type: 'CDROM', disk_address: { adapter_type: 'IDE', device_index: 3 } },
        },
      ],
      nic_list: [
        {
          uuid: 'n',
          vlan_mode: 'TRUNKED',
          trunked_vlan_list: [7],
          ip_endpoint_list: [
            { ip: '10.0.0.5', type: 'ASSIGNED' },
            { ip: '10.0.0.5', type: 'LEARNED' },
            { ip: '169.254.1.1', type: 'LEARNED' },
            { ip: '10.0.0.6' },
          ],
        },
        { uuid: 'm', ip_endpoint_list: [] },
        { uuid: 'k' },
      ],
    },
  },
  status: { state: 'COMPLETE', resources: { power_state: 'OFF', generation_uuid: 'g' } },
};

test('everything goes back, but the status, learned addresses and the change', () => {
  const before = JSON.stringify(raw);
  const [first, ...others] = raw.spec.resources.nic_list;
  expect(updateBody(raw, { power_state: 'ON' }, 'x')).toEqual({
    api_version: '3.1',
    metadata: raw.metadata,
    spec: {
      ...raw.spec,
      resources: {
        ...raw.spec.resources,
        power_state: 'ON',
        nic_list: [
          { ...first, ip_endpoint_list: [{ ip: '10.0.0.5', type: 'ASSIGNED' }, { ip: '10.0.0.6' }] },
          ...others,
        ],
      },
    },
  });
  expect(JSON.stringify(raw)).toBe(before);
});

test('lists of a shape of their own are left as they are', () => {
  const odd = { metadata: {}, spec: { resources: { nic_list: 'none' } } };
  expect(updateBody(odd, {}, 'x')).toEqual(odd);
});

test.each([[{}], [{ metadata: {} }], [{ metadata: {}, spec: '' }], [{ metadata: {}, spec: {} }]])(
  '%p is nothing to change',
  (body) => {
    expect(() => updateBody(body, {}, 'power on')).toThrow(
      'power on: the answer does not have the expected form',
    );
  },
);
