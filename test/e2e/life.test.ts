import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOCKER_MACHINE, Machine } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';

/** One host from create to rm, driven by the real client. The tests build on each other. */
describe('the life of one host', () => {
  let simulator: Simulator;
  let machine: Machine;
  const folder = mkdtempSync(join(tmpdir(), 'life-'));

  beforeAll(async () => {
    simulator = await startSimulator();
    machine = new Machine(DOCKER_MACHINE, simulator.env);
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true, force: true });
    await simulator.stop();
  });

  test('create ends with a running engine', async () => {
    const output = await machine.run('create', '-d', 'nutanix', 'web-1');
    expect(output).toContain('Docker is up and running!');
    expect(await simulator.vmNames()).toEqual(['web-1']);
  });

  test('a second create with the same name is refused', async () => {
    const { code, output } = await machine.attempt('create', '-d', 'nutanix', 'web-1');
    expect(code).toBe(1);
    expect(output).toContain('already exists');
    expect(await simulator.vmNames()).toEqual(['web-1']);
  });

  test('ls shows it running, with its URL and engine version', async () => {
    const line = await machine.run(
      'ls',
      '--format',
      '{{.Name}} {{.DriverName}} {{.State}} {{.URL}} {{.DockerVersion}} {{.Error}}',
    );
    expect(line).toMatch(/^web-1 nutanix Running tcp:\/\/[\d.]+:2376 v\d+\.\d+\.\d+\S*$/);
  });

  test('status, ip, url and inspect agree', async () => {
    const ip = await machine.run('ip', 'web-1');
    expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(await machine.run('status', 'web-1')).toBe('Running');
    expect(await machine.run('url', 'web-1')).toBe(`tcp://${ip}:2376`);
    expect(await machine.run('inspect', '--format', '{{.Driver.IPAddress}} {{.DriverName}}', 'web-1')).toBe(
      `${ip} nutanix`,
    );
  });

  test('env and config tell a docker client where to go', async () => {
    const ip = await machine.run('ip', 'web-1');
    expect(await machine.run('env', '--shell', 'bash', 'web-1')).toContain(
      `export DOCKER_HOST="tcp://${ip}:2376"`,
    );
    const config = await machine.run('config', 'web-1');
    expect(config).toContain('--tlsverify');
    expect(config).toContain(`-H=tcp://${ip}:2376`);
  });

  test('the engine answers those who have the certificate, and nobody else', async () => {
    expect(await engine('web-1', true)).toMatchObject({
      ApiVersion: expect.stringMatching(/^1\.\d+$/) as unknown,
    });
    await expect(engine('web-1', false)).rejects.toThrow();
  });

  test('ssh runs commands on the host', async () => {
    expect(await machine.run('ssh', 'web-1', 'hostname')).toBe('web-1');
    expect(await machine.run('ssh', 'web-1', 'cat /etc/os-release')).toContain('ID=');
    expect((await machine.attempt('ssh', 'web-1', 'exit 7')).code).not.toBe(0);
  });

  test('scp copies there and back', async () => {
    const original = join(folder, 'there');
    const copy = join(folder, 'back');
    writeFileSync(original, 'ünïcode and\nlines\n'.repeat(5_000));
    await machine.run('scp', original, 'web-1:/tmp/copied');
    await machine.run('scp', 'web-1:/tmp/copied', copy);
    expect(readFileSync(copy, 'utf8')).toBe(readFileSync(original, 'utf8'));
  });

  test('regenerate-certs gives the engine a new certificate', async () => {
    const before = readFileSync(certificate('server.pem'), 'utf8');
    await machine.run('regenerate-certs', '-f', 'web-1');
    expect(readFileSync(certificate('server.pem'), 'utf8')).not.toBe(before);
    expect(await engine('web-1', true)).toHaveProperty('Version');
  });

  test('provision can be repeated', async () => {
    await machine.run('provision', 'web-1');
    expect(await engine('web-1', true)).toHaveProperty('Version');
  });

  test('stop, and start again with a working engine', async () => {
    await machine.run('stop', 'web-1');
    expect(await machine.run('status', 'web-1')).toBe('Stopped');
    expect(await machine.run('ls', '--format', '{{.State}}{{.URL}}{{.Error}}')).toBe('Stopped');
    await machine.run('start', 'web-1');
    expect(await machine.run('status', 'web-1')).toBe('Running');
    expect(await engine('web-1', true)).toHaveProperty('Version');
  });

  test('restart, and kill', async () => {
    await machine.run('restart', 'web-1');
    expect(await machine.run('status', 'web-1')).toBe('Running');
    await machine.run('kill', 'web-1');
    expect(await machine.run('status', 'web-1')).toBe('Stopped');
  });

  test('rm leaves nothing, and the name can be used at once', async () => {
    await machine.run('rm', '-y', 'web-1');
    expect(await machine.run('ls', '-q')).toBe('');
    expect(await simulator.vmNames()).toEqual([]);
    await machine.run('create', '-d', 'nutanix', 'web-1');
    await machine.run('rm', '-f', 'web-1');
    expect(await simulator.vmNames()).toEqual([]);
  });

  function certificate(name: string): string {
    return join(machine.store, 'machines', 'web-1', name);
  }

  /** GET /version of the engine, with or without the client certificate that docker-machine made. */
  async function engine(name: string, identified: boolean): Promise<unknown> {
    const ca = readFileSync(certificate('ca.pem'));
    const identity = {
      cert: readFileSync(certificate('cert.pem')),
      key: readFileSync(certificate('key.pem')),
    };
    const agent = new Agent({ ca, ...(identified ? identity : {}) });
    const host = await machine.run('ip', name);
    return new Promise((resolve, reject) => {
      const call = request({ host, port: 2376, path: '/version', agent }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(JSON.parse(text)));
      });
      call.on('error', reject);
      call.end();
    });
  }
});
