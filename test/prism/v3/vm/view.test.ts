import { entity } from '../../../../src/prism/v3/envelope.js';
import { powerOf, vmFrom } from '../../../../src/prism/v3/vm/view.js';

const view = (json: unknown, creating = false): ReturnType<typeof vmFrom> =>
  vmFrom(entity.parse(json), 'id', creating);
const whole = { power_state: 'ON', disk_list: [{ uuid: 'd' }] };

test.each([
  ['ON', 'on'],
  ['OFF', 'off'],
  ['PAUSED', 'paused'],
  ['SUSPENDED', 'paused'],
  ['UNKNOWN', 'unknown'],
  ['something new', 'unknown'],
  [undefined, 'unknown'],
])('power state %p is %p', (state, power) => {
  expect(powerOf(state)).toBe(power);
});

test.each([
  ['COMPLETE', whole, false, 'ready'],
  ['ERROR', whole, false, 'ready'],
  ['DELETE_PENDING', whole, false, 'deleting'],
  ['DELETE_PENDING', undefined, true, 'deleting'],
  ['PENDING', undefined, false, 'creating'],
  ['RUNNING', { power_state: 'OFF' }, false, 'creating'],
  ['RUNNING', whole, false, 'ready'], // an update, not the create
  ['PENDING', whole, true, 'creating'],
  ['SOMETHING', undefined, false, 'ready'],
])('state %p with %p, create known %p: %p', (state, resources, creating, lifecycle) => {
  expect(view({ status: { state, resources } }, creating).lifecycle).toBe(lifecycle);
});

test('an old failure of a running VM is a note, not its state', () => {
  const status = {
    state: 'ERROR',
    message_list: [{ message: 'no shutdown', reason: 'X' }],
    resources: whole,
  };
  expect(view({ status })).toMatchObject({ lifecycle: 'ready', power: 'on', lastProblem: 'no shutdown [X]' });
});

test('addresses: where they come from, in the server’s order', () => {
  const nics = [
    {
      subnet_reference: { uuid: 's1', name: 'one' },
      mac_address: '50:6b:8d:00:00:01',
      ip_endpoint_list: [
        { ip: '10.0.0.5', type: 'ASSIGNED' },
        { ip: '10.0.0.5', type: 'LEARNED' },
        { ip: '169.254.1.1', type: 'LEARNED' },
        { ip: '10.0.0.6' },
        { type: 'LEARNED' },
      ],
    },
    { subnet_reference: { name: 'two' }, ip_endpoint_list: null },
    {},
  ];
  expect(view({ status: { resources: { nic_list: nics } } }).nics).toEqual([
    {
      subnet: 's1',
      macAddress: '50:6b:8d:00:00:01',
      addresses: [
        { ip: '10.0.0.5', source: 'assigned' },
        { ip: '10.0.0.5', source: 'learned' },
        { ip: '169.254.1.1', source: 'learned' },
        { ip: '10.0.0.6', source: 'assigned' },
      ],
    },
    { subnet: 'two', macAddress: undefined, addresses: [] },
    { subnet: '', macAddress: undefined, addresses: [] },
  ]);
});

test.each([
  [{}],
  [{ status: {} }],
  [{ status: { resources: 'x' } }],
  [{ status: { resources: { nic_list: {} } } }],
])('of %p as much as there is', (json) => {
  expect(view(json)).toMatchObject({ id: 'id', name: '', power: 'unknown', nics: [] });
});
