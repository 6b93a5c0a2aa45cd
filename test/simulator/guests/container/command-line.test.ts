import { PassThrough } from 'node:stream';
import { emulatedGuestKind } from '../../../../src/emulator/index.js';
import { qemuGuestKind } from '../../../../src/qemu-guests/index.js';
import { containerGuestKind, noGuestKind, runSimulator } from '../../../../src/simulator/index.js';
import { parseCommandLine } from '../../../../src/simulator/command-line/settings.js';
import { FakeEngine } from './fake-engine.js';

const context = { version: '1.2.3', isRoot: false };

function settings(...args: string[]): unknown {
  const line = parseCommandLine(['--guests', 'container', ...args], context);
  return line.kind === 'run' ? line.settings : undefined;
}

describe('--guests container', () => {
  test('has a subnet that containers can have, and the port of a real sshd', () => {
    expect(settings()).toMatchObject({ guests: 'container', subnet: '10.77.0.0/24', sshPort: 22 });
    expect(settings('--subnet', '10.5.0.0/16')).toMatchObject({ subnet: '10.5.0.0/16' });
  });

  test('has an engine and an image of the choice', () => {
    const args = ['--docker-host', 'tcp://127.0.0.1:2375', '--guest-image', 'mine:1', '--guest-internet'];
    expect(settings(...args)).toMatchObject({
      dockerHost: 'tcp://127.0.0.1:2375',
      guestImage: 'mine:1',
      guestInternet: true,
    });
  });

  test('does not go with another SSH port', () => {
    expect(() => settings('--ssh-port', '2222')).toThrow(
      /--ssh-port 2222 does not go with --guests container/,
    );
    expect(settings('--ssh-port', '22')).toMatchObject({ sshPort: 22 });
  });
});

describe('prism-simulator', () => {
  async function run(...args: string[]): Promise<{ exitCode: number; complaints: string }> {
    let complaints = '';
    const exitCode = await runSimulator({
      ...context,
      args: ['--port', '0', '--guests', 'container', ...args],
      print: () => undefined,
      complain: (line) => (complaints += `${line}\n`),
      log: new PassThrough().resume(),
      guests: {
        emulated: emulatedGuestKind,
        container: containerGuestKind,
        qemu: qemuGuestKind,
        none: noGuestKind,
      },
      interrupted: Promise.resolve(),
    });
    return { exitCode, complaints };
  }

  test('without an engine ends with one line and exit code 2', async () => {
    const { exitCode, complaints } = await run('--docker-host', 'unix:///nowhere/docker.sock');
    expect(exitCode).toBe(2);
    expect(complaints).toMatch(
      /^use the Docker engine at unix:\/\/\/nowhere\/docker.sock .*Start a Docker engine.*\n$/,
    );
  });

  test('without the image says how to make it', async () => {
    const engine = await new FakeEngine().start();
    engine.hasImage = false;
    const { exitCode, complaints } = await run('--docker-host', engine.dockerHost);
    await engine.stop();
    expect(exitCode).toBe(2);
    expect(complaints).toMatch(/^use the Docker engine .*no image.*make guest-image.*\n$/);
  });

  test('serves with an engine, and ends in order', async () => {
    const engine = await new FakeEngine().start();
    const { exitCode, complaints } = await run('--docker-host', engine.dockerHost);
    await engine.stop();
    expect({ exitCode, complaints }).toEqual({ exitCode: 0, complaints: '' });
  });
});
