import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ApiClient, objectOf } from '../simulator/api-client.js';
import { getVm } from '../simulator/vm-bodies.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import type { Machine } from './machine.js';

const stored = z.looseObject({ Driver: z.record(z.string(), z.unknown()) });

/** A machine as the official driver left it: its config.json, and a VM that bears no mark of ours. */
describe('a machine that the official driver made', () => {
  let cloud: Cloud;
  let machine: Machine;
  let configFile: string;
  let ip: string;

  beforeAll(async () => {
    cloud = await Cloud.start();
    machine = cloud.machine();
    await machine.run('create', '-d', 'nutanix', '--nutanix-ssh-key-type', 'rsa', 'old-1');
    ip = await machine.run('ip', 'old-1');
    await forgetWhoMadeIt();
    configFile = join(machine.store, 'machines', 'old-1', 'config.json');
    const official = stored.parse(
      JSON.parse(readFileSync(join(__dirname, '..', 'golden', 'official-config.json'), 'utf8')),
    ).Driver;
    const { simulator } = cloud;
    const config = stored.parse(machine.config('old-1'));
    config.Driver = {
      ...official,
      IPAddress: ip,
      StorePath: machine.store,
      SSHPort: cloud.sshPort,
      Endpoint: simulator.host,
      Port: String(simulator.port),
      Username: simulator.username,
      Password: simulator.password,
      VMId: simulator.vms()[0]?.uuid,
      KeyOfTheFuture: { list: [1.5, null], text: 'ü<>&' },
    };
    writeFileSync(configFile, JSON.stringify(config));
    // Nothing comes from the environment.
    machine = machine.withEnvironment(
      Object.fromEntries(Object.keys(cloud.env).map((name) => [name, undefined])),
    );
  });
  afterAll(() => cloud.close());

  async function forgetWhoMadeIt(): Promise<void> {
    const api = new ApiClient(cloud.simulator);
    const { vms, reservations } = cloud.simulator.snapshot();
    const uuid = vms[0]?.uuid ?? '';
    const { metadata, spec } = await getVm(api, uuid);
    const description = 'VM created by Nutanix Rancher Node Driver';
    await api.work('PUT', `/vms/${uuid}`, { metadata, spec: { ...objectOf(spec), description } });
    for (const { clientIdentifier } of reservations) {
      await api.call('DELETE', `/idempotence_identifiers/${clientIdentifier}`);
    }
  }

  const driver = (): Record<string, unknown> =>
    stored.parse(JSON.parse(readFileSync(configFile, 'utf8'))).Driver;

  test('is listed, found and reached', async () => {
    const line = await machine.run('ls', '--format', '{{.Name}} {{.State}} {{.URL}} {{.Error}}');
    expect(line).toBe(`old-1 Running tcp://${ip}:2376 `.trimEnd());
    expect(await machine.run('status', 'old-1')).toBe('Running');
    expect(await machine.run('ip', 'old-1')).toBe(ip);
    expect(await machine.run('url', 'old-1')).toBe(`tcp://${ip}:2376`);
    expect(await machine.run('ssh', 'old-1', 'hostname')).toBe('old-1');
  });

  test('is stopped, started, restarted and killed', async () => {
    for (const [command, state] of [
      ['stop', 'Stopped'],
      ['start', 'Running'],
      ['restart', 'Running'],
      ['kill', 'Stopped'],
    ] as const) {
      await machine.run(command, 'old-1');
      expect([command, await machine.run('status', 'old-1')]).toEqual([command, state]);
    }
  });

  test('keeps every key with its type, and those that nobody knows', () => {
    const official = stored.parse(
      JSON.parse(readFileSync(join(__dirname, '..', 'golden', 'official-config.json'), 'utf8')),
    ).Driver;
    const now = driver();
    for (const [key, value] of Object.entries(official)) {
      expect([key, Array.isArray(now[key]) ? 'list' : typeof now[key]]).toEqual([
        key,
        Array.isArray(value) || value === null ? 'list' : typeof value,
      ]);
    }
    expect(now).toMatchObject({
      Cluster: official['Cluster'],
      VMMem: official['VMMem'],
      Subnet: official['Subnet'],
      Description: official['Description'],
      KeyOfTheFuture: { list: [1.5, null], text: 'ü<>&' },
    });
  });

  test('is removed, with its VM', async () => {
    await machine.run('rm', '-y', 'old-1');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
    expect(await machine.run('ls', '-q')).toBe('');
  });
});
