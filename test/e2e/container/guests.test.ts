import { createContainerGuests } from '../../../src/simulator/guests/container/index.js';
import { createEmulatedGuests } from '../../../src/simulator/guests/index.js';
import { silentLogger, systemClock } from '../../../src/support/index.js';
import { describeContract } from './contract.js';
import { describeWith, startTestEngine } from './engine.js';
import { GuestLogin } from './guest-login.js';

jest.setTimeout(180_000);

const login = new GuestLogin();
const engine = startTestEngine();
afterAll(() => engine?.stop());

const shared = { clock: systemClock, logger: silentLogger };

describeWith(engine)('container guests', () => {
  describeContract(login, '10.77.21.10', async () =>
    createContainerGuests({ ...shared, dockerHost: engine?.dockerHost }),
  );

  test('leave nothing behind', () => {
    expect(engine?.docker('ps', '--all', '--quiet')).toBe('');
    expect(engine?.docker('volume', 'ls', '--quiet')).toBe('');
    expect(engine?.docker('network', 'ls', '--quiet', '--filter', 'driver=bridge')).toBe('');
  });
});

describe('emulated guests', () => {
  const make = (): Promise<ReturnType<typeof createEmulatedGuests>> =>
    Promise.resolve(createEmulatedGuests({ ...shared, sshPort: 22 }));
  describeContract(login, '127.77.21.10', make, process.getuid?.() === 0 ? describe : describe.skip);
});
