import { startPrismSimulator } from '../../src/library/index.js';

test('a simulator for tests of others: its address, its environment, faults, and its end', async () => {
  const simulator = await startPrismSimulator({ username: 'tester', apis: ['v3'] });
  const { url, environment, names, password } = simulator;
  expect(url).toBe(`https://127.0.0.1:${simulator.port}`);
  expect(environment).toMatchObject({
    NUTANIX_PORT: String(simulator.port),
    NUTANIX_USERNAME: 'tester',
    NUTANIX_PASSWORD: password,
    NUTANIX_FINGERPRINT: `sha256:${simulator.fingerprint}`,
    NUTANIX_CLUSTER: names.cluster,
  });
  expect(simulator.vms()).toEqual([]);
  expect(simulator.requestCounts()).toEqual({});
  expect(() => simulator.addFault({ name: 'x', status: 'many' })).toThrow(/read fault rules from a call/);
  await simulator.close();
  await simulator.close();
});

test('a fault at the start that is wrong is named', async () => {
  await expect(startPrismSimulator({ faults: [{ nmae: 'x' }] })).rejects.toThrow(/nmae/);
});
