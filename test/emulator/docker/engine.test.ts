import { connect as connectTls } from 'node:tls';
import type { Client } from 'ssh2';
import { login, started, type Started } from '../guest.js';
import { connect, runOver } from '../ssh/ssh-client.js';
import { makeCertificate } from './certificates.js';
import { ask } from './engine-api.js';

const authority = makeCertificate('ca');
const client = makeCertificate('client', authority);
const stranger = makeCertificate('client', makeCertificate('other ca'));

/** What docker-machine's provisioner does, in its order (libmachine, provision/utils.go and systemd.go). */
async function provision(root: Client, address: string): Promise<void> {
  const server = makeCertificate('server', authority, address);
  const unit = [
    '[Service]',
    'ExecStart=',
    'ExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --storage-driver overlay2 ' +
      '--tlsverify --tlscacert /etc/docker/ca.pem --tlscert /etc/docker/server.pem --tlskey /etc/docker/server-key.pem ' +
      '--label provider=nutanix --insecure-registry r.example.test:5000 --registry-mirror http://m.example.test ',
    'Environment="HTTP_PROXY=http://p.example.test:3128" ',
    '',
  ].join('\n');
  const steps = [
    'if ! type docker; then curl -sSL https://get.docker.com | sh -; fi',
    'sudo docker version',
    'sudo mkdir -p /etc/docker',
    'sudo systemctl -f stop docker',
    'if [ ! -z "$(ip link show docker0)" ]; then sudo ip link delete docker0; fi',
    `printf '%s' '${authority.certificate}' | sudo tee /etc/docker/ca.pem`,
    `printf '%s' '${server.certificate}' | sudo tee /etc/docker/server.pem`,
    `printf '%s' '${server.key}' | sudo tee /etc/docker/server-key.pem`,
    `sudo mkdir -p /etc/systemd/system/docker.service.d && printf %s "${unit}" | sudo tee /etc/systemd/system/docker.service.d/10-machine.conf`,
    'sudo systemctl daemon-reload',
    'sudo systemctl -f restart docker',
    'sudo systemctl -f enable docker',
  ];
  for (const step of steps)
    expect({ step, status: (await runOver(root, step)).status }).toEqual({ step, status: 0 });
}

async function provisioned(): Promise<Started & { root: Client }> {
  const guest = await started();
  const root = await connect(login(guest));
  await provision(root, guest.spec.address);
  return { ...guest, root };
}

function tls({ spec }: Started, with_ = client) {
  return {
    host: spec.address,
    port: 2376,
    ca: authority.certificate,
    cert: with_.certificate,
    key: with_.key,
  };
}

describe('after provisioning', () => {
  test('the API answers clients of the given CA, and says what it is', async () => {
    const guest = await provisioned();
    const ping = await ask('/_ping', tls(guest));
    expect([ping.status, ping.body, ping.headers['api-version'], ping.headers['ostype']]).toEqual([
      200,
      'OK',
      '1.50',
      'linux',
    ]);
    const info: unknown = JSON.parse((await ask('/v1.50/info', tls(guest))).body);
    expect(info).toMatchObject({
      Name: 'web-1',
      OperatingSystem: 'Ubuntu 24.04 LTS (emulated guest)',
      Labels: ['provider=nutanix', 'emulated=true'],
      NCPU: 2,
      MemTotal: 2048 * 2 ** 20,
      Driver: 'overlay2',
      RegistryConfig: { Mirrors: ['http://m.example.test/'] },
    });
    const version: unknown = JSON.parse((await ask('/version', tls(guest))).body);
    expect(version).toMatchObject({
      Version: '28.2.2',
      ApiVersion: '1.50',
      MinAPIVersion: '1.24',
      Os: 'linux',
    });
    expect(
      (await runOver(guest.root, 'if ! type netstat 1>/dev/null; then ss -tln; else netstat -tln; fi')).out,
    ).toMatch(/:2376\s+.*:.*/);
    guest.root.end();
  });

  test('nobody else gets in', async () => {
    const guest = await provisioned();
    await expect(ask('/_ping', tls(guest, stranger))).rejects.toThrow();
    await expect(ask('/_ping', { ...tls(guest), cert: undefined, key: undefined })).rejects.toThrow();
    await expect(
      ask('/_ping', { ...tls(guest), maxVersion: 'TLSv1.2', cert: undefined, key: undefined }),
    ).rejects.toThrow();
    expect((await ask('/_ping', { ...tls(guest), maxVersion: 'TLSv1.2' })).status).toBe(200);
    await expect(ask('/_ping', { host: guest.spec.address, port: 2376, plain: true })).rejects.toThrow();
    guest.root.end();
  });

  test('new certificates count after the next restart, and old clients are out', async () => {
    const guest = await provisioned();
    const fresh = makeCertificate('new ca');
    const server = makeCertificate('server', fresh, guest.spec.address);
    await runOver(guest.root, 'cat > /etc/docker/ca.pem', fresh.certificate);
    await runOver(guest.root, 'cat > /etc/docker/server.pem', server.certificate);
    await runOver(guest.root, 'cat > /etc/docker/server-key.pem', server.key);
    expect((await ask('/_ping', tls(guest))).status).toBe(200);
    await runOver(guest.root, 'systemctl restart docker');
    await expect(ask('/_ping', tls(guest))).rejects.toThrow();
    const mine = makeCertificate('client', fresh);
    expect((await ask('/_ping', { ...tls(guest, mine), ca: fresh.certificate })).status).toBe(200);
    guest.root.end();
  });

  test('it stops with the service and comes back at boot because it is enabled', async () => {
    const guest = await provisioned();
    const idle = connectTls(tls(guest));
    await new Promise((resolve) => idle.once('secureConnect', resolve));
    const dropped = new Promise((resolve) => idle.once('close', resolve));
    idle.on('error', () => undefined);
    await runOver(guest.root, 'systemctl stop docker');
    await dropped;
    await expect(ask('/_ping', tls(guest))).rejects.toThrow('ECONNREFUSED');
    guest.root.end();
    await guest.guest.reset();
    await guest.backend.system(guest.spec.vmUuid)?.cloudInit.finished(AbortSignal.timeout(120_000));
    expect((await ask('/_ping', tls(guest))).status).toBe(200);
    const again = await connect(login(guest));
    await runOver(again, 'systemctl disable docker');
    again.end();
    await guest.guest.reset();
    await guest.backend.system(guest.spec.vmUuid)?.cloudInit.finished(AbortSignal.timeout(120_000));
    await expect(ask('/_ping', tls(guest))).rejects.toThrow('ECONNREFUSED');
  });
});

describe('an engine that cannot start says why', () => {
  test.each([
    ['--tlscacert /nope', /open \/nope: no such file or directory/],
    ['--tlscert /etc/hostname', /could not load X509 key pair/],
    ['--no-such-flag', /unknown flag: --no-such-flag/],
    ['--label nonsense', /bad attribute format: nonsense/],
    ['-H tcp://10.9.8.7:2376', /cannot assign requested address/],
  ])('%s', async (flags, reason) => {
    const guest = await provisioned();
    await runOver(
      guest.root,
      `sed -i 's|^\\(ExecStart=/usr.*\\)$|\\1 ${flags}|' /etc/systemd/system/docker.service.d/10-machine.conf`,
    );
    const ran = await runOver(
      guest.root,
      'systemctl daemon-reload; systemctl restart docker; journalctl -u docker',
    );
    expect(ran.err).toContain('Job for docker.service failed');
    expect(ran.out).toMatch(reason);
    guest.root.end();
  });

  test('the same directive as flag and in daemon.json', async () => {
    const guest = await provisioned();
    await runOver(guest.root, `echo '{"hosts": ["unix:///x"], "debug": true}' > /etc/docker/daemon.json`);
    const { out } = await runOver(guest.root, 'systemctl restart docker; journalctl -u docker');
    expect(out).toContain(
      'the following directives are specified both as a flag and in the configuration file: host',
    );
    await runOver(guest.root, `echo '{"debug": true, "labels": 3}' > /etc/docker/daemon.json`);
    expect((await runOver(guest.root, 'systemctl restart docker')).status).toBe(1);
    await runOver(guest.root, `echo '{"debug": true, "live-restore": true}' > /etc/docker/daemon.json`);
    expect(
      (await runOver(guest.root, 'systemctl restart docker && docker info --format "{{.Debug}}"')).out,
    ).toBe('true\n');
    guest.root.end();
  });
});

test('without TLS it serves plain HTTP, as told', async () => {
  const guest = await started();
  const root = await connect(login(guest));
  await runOver(root, 'curl -sSL https://get.docker.com | sh -');
  await runOver(
    root,
    `printf '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2375 -H fd://\n' > /etc/systemd/system/x.conf; mkdir -p /etc/systemd/system/docker.service.d; mv /etc/systemd/system/x.conf /etc/systemd/system/docker.service.d`,
  );
  await runOver(root, 'systemctl daemon-reload; systemctl restart docker');
  expect((await ask('/_ping', { host: guest.spec.address, port: 2375, plain: true })).body).toBe('OK');
  root.end();
});
