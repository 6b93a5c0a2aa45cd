import { createContainerGuests } from '../../../src/simulator/guests/container/index.js';
import { createEmulatedGuests } from '../../../src/emulator/index.js';
import type { GuestBackend } from '../../../src/simulator/guests/index.js';
import { silentLogger, systemClock } from '../../../src/support/index.js';
import { describeContract } from './contract.js';
import { describeWith, startTestEngine } from './engine.js';
import { GuestLogin } from './guest-login.js';
import { describeHardware } from './hardware.js';
import { describeNetwork } from './network.js';
import { describeVolumes } from './volumes.js';

const login = new GuestLogin();
const engine = startTestEngine();
afterAll(() => engine?.stop());

const shared = { clock: systemClock, logger: silentLogger };
const make = async (): Promise<GuestBackend> =>
  await createContainerGuests({ ...shared, dockerHost: engine?.dockerHost });

describeWith(engine)('container guests', () => {
  describeContract(login, '10.77.21.10', make);
  describeHardware(login, make);
  describeNetwork(login, make);
  describeVolumes(login, make, engine);

  test('leave nothing behind', () => {
    expect(engine?.left()).toBe('');
  });
});

describe('emulated guests', () => {
  // A port for which nobody needs to be root.
  const sshPort = 2222;
  describeContract(new GuestLogin(sshPort), '127.77.21.10', () =>
    Promise.resolve(createEmulatedGuests({ ...shared, sshPort, ownAddressPrefix: '127.76' })),
  );
});
