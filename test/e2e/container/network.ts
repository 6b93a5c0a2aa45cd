import type { GuestBackend } from '../../../src/simulator/guests/index.js';
import type { GuestLogin } from './guest-login.js';
import { guestSpec, Told } from './specs.js';

/** Guests among each other. */
export function describeNetwork(login: GuestLogin, make: () => Promise<GuestBackend>): void {
  describe('two guests of one subnet, switched on at the same time', () => {
    const addresses = ['10.77.23.10', '10.77.23.11'] as const;
    const specs = addresses.map((address, index) => guestSpec(login, address, { name: `node-${index}` }));
    let backend: GuestBackend;

    beforeAll(async () => {
      backend = await make();
      await Promise.all(specs.map(async (spec) => await backend.powerOn(spec, new Told())));
    });
    afterAll(async () => await backend.close());

    test('both are up, and disks are not mixed up', async () => {
      const [one, other] = addresses;
      await Promise.all(
        addresses.map(async (address) => await login.run(address, 'cloud-init status --wait')),
      );
      await login.run(one, 'echo one > /var/lib/docker/whose; sync');
      await login.run(other, 'test ! -e /var/lib/docker/whose');
    });

    test('they reach each other, by address and by name', async () => {
      const reach = 'timeout 60 bash -c "exec 3<>/dev/tcp/10.77.23.11/22 && head -c 4 <&3"';
      expect(await login.run(addresses[0], reach)).toBe('SSH-');
      expect(await login.run(addresses[0], 'getent hosts node-1')).toMatch(/^10\.77\.23\.11\s/);
    });

    test('their engines form a swarm', async () => {
      await login.run(addresses[0], 'docker swarm init');
      const join = await login.run(addresses[0], 'docker swarm join-token worker | grep "swarm join"');
      await login.run(addresses[1], join.trim());
      // A node is unknown until its first heartbeat has come.
      const nodes = async (): Promise<string> =>
        await login.run(addresses[0], 'docker node ls --format "{{.Status}}"');
      while ((await nodes()) !== 'Ready\nReady');
    });

    test('an address that is taken is refused with a reason', async () => {
      const twin = guestSpec(login, addresses[0]);
      await expect(backend.powerOn(twin, new Told())).rejects.toThrow(
        /Address already in use.*Another guest/,
      );
      await backend.remove(twin.vmUuid);
    });
  });
}
