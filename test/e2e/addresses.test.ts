import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { z } from 'zod';
import { PRESET } from '../../src/simulator/index.js';
import { ApiClient } from '../simulator/api-client.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import type { Machine } from './machine.js';
import { shownVm } from './shown-vm.js';

const editedVm = z.looseObject({
  spec: z.looseObject({ resources: z.looseObject({ nic_list: z.array(z.looseObject({})) }) }),
  metadata: z.looseObject({}),
});

/** Forwards connections, as if the guest had that address. */
async function forward(from: string, to: string, port: number): Promise<Server> {
  const server = createServer((socket) => {
    const onward = connect(port, to);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await once(server.listen(port, from), 'listening');
  return server;
}

describe('the address of a machine', () => {
  let cloud: Cloud;
  let machine: Machine;
  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine();
  });
  afterEach(() => cloud.simulator.clearFaults());
  afterAll(() => cloud.close());

  const idOf = (name: string): string => cloud.simulator.vms().find((vm) => vm.name === name)?.uuid ?? '';

  test('stays while Prism lists it, though another host answers at one that is listed first', async () => {
    await machine.run('create', '-d', 'nutanix', '--nutanix-stop-timeout', '60', 'own-1');
    await machine.run('create', '-d', 'nutanix', '--nutanix-wait-for', 'ssh', 'other-1');
    const [own, floating] = [await machine.run('ip', 'own-1'), await machine.run('ip', 'other-1')];
    const vm = await shownVm(cloud, idOf('own-1'));
    vm.show(vm.withLearned(floating, own));

    expect(await machine.run('ls', '--filter', 'name=own-1', '--format', '{{.URL}}{{.Error}}')).toBe(
      `tcp://${own}:2376`,
    );
    const { code, output } = await machine.attempt('restart', 'own-1');
    expect([code, output]).toEqual([0, expect.not.stringMatching(/resetting|changed/) as unknown]);
    expect(await machine.run('ip', 'own-1')).toBe(own);
    expect(await machine.run('ssh', 'own-1', 'hostname')).toBe('own-1');
    await machine.run('rm', '-y', 'other-1');
    cloud.simulator.clearFaults();
    await machine.run('rm', '-y', 'own-1');
  });

  test('of a NIC that was replaced while the VM was off is given up at the next start, which says so', async () => {
    await machine.run('create', '-d', 'nutanix', '--nutanix-wait-for', 'ssh', 'nic-1');
    const before = await machine.run('ip', 'nic-1');
    await machine.run('stop', 'nic-1');
    const api = new ApiClient(cloud.simulator);
    const { spec, metadata } = editedVm.parse((await api.call('GET', `/vms/${idOf('nic-1')}`)).body);
    const nic_list = [{ subnet_reference: { kind: 'subnet', uuid: PRESET.managedSubnet.uuid } }];
    await api.work('PUT', `/vms/${idOf('nic-1')}`, {
      metadata,
      spec: { ...spec, resources: { ...spec.resources, nic_list } },
    });
    expect(await machine.run('ip', 'nic-1')).toBe(before);
    const { output } = await machine.attempt('start', 'nic-1');
    const after = await machine.run('ip', 'nic-1');
    expect(after).not.toBe(before);
    expect(output).toContain(
      `the address has changed from ${before} to ${after}: run "docker-machine regenerate-certs nic-1"`,
    );
    expect(await machine.run('ssh', 'nic-1', 'hostname')).toBe('nic-1');
    await machine.run('rm', '-y', 'nic-1');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  });

  test('that changes while the machine runs is told by the reads of ls, url, env and ssh, and regenerate-certs heals it', async () => {
    const wire = machine.withEnvironment({
      NUTANIX_VM_NETWORK: PRESET.unmanagedSubnet.name,
      NUTANIX_IP_NETWORK: `${cloud.networks.own}.0.0/16`,
    });
    await wire.run('create', '-d', 'nutanix', 'lease-1');
    const before = await wire.run('ip', 'lease-1');
    const after = `${cloud.networks.own}.254.77`;
    const forwarders = [await forward(after, before, cloud.sshPort), await forward(after, before, 2376)];
    const vm = await shownVm(cloud, idOf('lease-1'));
    vm.show(vm.withLearned(after));
    try {
      expect(await wire.run('url', 'lease-1')).toBe(`tcp://${after}:2376`);
      expect(await wire.run('ls', '--format', '{{.State}} {{.URL}} {{.Error}}')).toMatch(
        new RegExp(`^Running tcp://${after}:2376 .*certificate is valid for .*${before}`),
      );
      expect((await wire.attempt('env', 'lease-1')).output).toMatch(/regenerate-certs/);
      expect((await wire.attempt('-D', 'ssh', 'lease-1', 'hostname')).output).toContain(
        `the address has changed from ${before} to ${after}`,
      );
      const { code, output } = await wire.attempt('-D', 'regenerate-certs', '-f', 'lease-1');
      expect([code, output]).toEqual([0, expect.stringContaining(after) as unknown]);
      expect(wire.config('lease-1')).toMatchObject({ Driver: { IPAddress: after } });
      expect(await wire.run('env', 'lease-1')).toContain(`DOCKER_HOST="tcp://${after}:2376"`);
      expect(await wire.run('ls', '--format', '{{.State}} {{.URL}}{{.Error}}')).toBe(
        `Running tcp://${after}:2376`,
      );
    } finally {
      for (const server of forwarders) server.close();
    }
    cloud.simulator.clearFaults();
    await wire.run('rm', '-y', 'lease-1');
  });
});
