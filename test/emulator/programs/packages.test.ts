import { HeldClock } from '../../simulator/held-clock.js';
import { run, runningSystem } from '../running-system.js';

const INSTALL = 'if ! type docker; then curl -sSL https://get.docker.com | sh -; fi';

test('the install script brings a running engine', async () => {
  const { system } = runningSystem();
  expect(await run(system, 'docker version')).toMatchObject({ status: 127 });
  expect(await run(system, INSTALL)).toMatchObject({ status: 0 });
  const after = await run(
    system,
    'type docker; docker --version; systemctl is-active docker; systemctl is-enabled docker',
  );
  expect(after.out).toBe(
    'docker is /usr/bin/docker\nDocker version 28.2.2, build emulated\nactive\nenabled\n',
  );
  expect(
    await run(system, 'docker version --format "{{.Server.Version}} {{.Client.ApiVersion}}"'),
  ).toMatchObject({
    out: '28.2.2 1.50\n',
  });
  expect((await run(system, INSTALL)).out).toBe('docker is /usr/bin/docker\n');
});

test('rancher-machine names a version in the address', async () => {
  const { system } = runningSystem({ distribution: 'debian' });
  await run(
    system,
    'apt-get install -y curl; curl -sSL https://releases.rancher.com/install-docker/27.5.sh | sh -',
  );
  expect((await run(system, 'docker --version')).out).toBe('Docker version 27.5.0, build emulated\n');
});

test('there is no other internet', async () => {
  const { system } = runningSystem();
  expect(await run(system, 'curl -sS https://example.test/x')).toMatchObject({
    status: 6,
    err: 'curl: (6) Could not resolve host: example.test\n',
  });
});

test('before the repository is listed apt does not know docker-ce', async () => {
  const { system } = runningSystem();
  expect(
    await run(system, 'DEBIAN_FRONTEND=noninteractive sudo -E apt-get install -y  docker-ce'),
  ).toMatchObject({
    status: 100,
    err: 'E: Unable to locate package docker-ce\n',
  });
});

test('removing takes program, service and unit away', async () => {
  const { system } = runningSystem();
  await run(system, INSTALL);
  await run(system, 'apt-get purge -y docker-ce docker-ce-cli');
  const { out } = await run(
    system,
    'type docker; systemctl is-active docker; dpkg -l | grep -c docker-ce-cli',
  );
  expect(out).toBe('inactive\n0\n');
});

test('while one apt runs another gets no lock', async () => {
  const clock = new HeldClock();
  const { system } = runningSystem({ clock });
  const first = run(system, 'apt-get update');
  await clock.advance(0);
  const second = await run(system, 'apt-get update');
  expect(second.status).toBe(100);
  expect(second.err).toMatch(/^E: Could not get lock \/var\/lib\/dpkg\/lock-frontend/);
  await clock.advance(1000);
  expect(await first).toMatchObject({ status: 0 });
  const third = run(system, 'apt-get update');
  await clock.advance(1000);
  expect(await third).toMatchObject({ status: 0 });
});

test('the socket is for root and the group docker', async () => {
  const { system } = runningSystem();
  await run(system, `${INSTALL}; useradd -m ann; useradd -m bob; usermod -aG docker ann`);
  expect(await run(system, 'docker ps', 'ann')).toMatchObject({ status: 0 });
  const refused = await run(system, 'docker ps', 'bob');
  expect(refused.status).toBe(1);
  expect(refused.err).toContain('permission denied while trying to connect to the Docker daemon socket');
  await run(system, 'systemctl stop docker');
  const stopped = await run(system, 'docker ps');
  expect(stopped.status).toBe(1);
  expect(stopped.err).toContain('Cannot connect to the Docker daemon at unix:///var/run/docker.sock');
  expect(await run(system, 'docker run hello')).toMatchObject({ status: 1 });
});
