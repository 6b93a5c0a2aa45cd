import { MachineConfig } from '../../../src/settings/config/index.js';
import { credentialsPlace, trustPlace } from '../../../src/settings/connection/index.js';

describe('where refused credentials are to be changed', () => {
  const MADE = { StorePath: '/store', MachineName: 'web-1', CreationKey: 'key-1' };
  test.each([
    [
      { ...MADE, Password: 'p4ss' },
      /stored with the machine \(Driver\.Password in \/store\/machines\/web-1\/config\.json\)/,
    ],
    [{ ...MADE, APIKey: 'k3y' }, /Driver\.APIKey in \/store\/machines\/web-1\/config\.json/],
    [
      { StorePath: '/store', MachineName: 'old', VMId: 'vm-1', Password: 'p4ss' },
      /machines\/old\/config\.json/,
    ],
    [
      { ...MADE, CredentialsFile: '/etc/prism', Password: 'p4ss' },
      /^The credentials are those of \/etc\/prism\.$/,
    ],
    [MADE, /those of the environment/],
  ])('%j', (config, place) => {
    const machine = new MachineConfig();
    machine.load(Buffer.from(JSON.stringify(config)));
    expect(credentialsPlace(machine.values)).toMatch(place);
    expect(credentialsPlace(machine.values)).not.toMatch(/p4ss|k3y/);
  });

  test('is not said while the machine is being created from flags', () => {
    const machine = new MachineConfig();
    machine.load(Buffer.from(JSON.stringify({ MachineName: 'web-1', Password: 'p4ss' })));
    expect(credentialsPlace(machine.values)).toBeUndefined();
  });
});

test('the trust of a machine is changed in its config.json, and by flags while it is being created', () => {
  const place = (config: object): string | undefined => {
    const machine = new MachineConfig();
    machine.load(Buffer.from(JSON.stringify({ StorePath: '/store', MachineName: 'web-1', ...config })));
    return trustPlace(machine.values);
  };
  expect(place({ VMId: 'vm-1' })).toMatch(/Driver\.CAFile in \/store\/machines\/web-1\/config\.json/);
  expect(place({})).toBeUndefined();
});
