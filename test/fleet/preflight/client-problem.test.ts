import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MachineClient } from '../../../src/fleet/client/machine-client.js';
import { clientProblem, driverProblem } from '../../../src/fleet/preflight/client-problem.js';

describe('the client that DOCKER_MACHINE names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'client-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const never = new AbortController().signal;

  function program(name: string, script: string, mode = 0o755): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, mode);
    return path;
  }

  const problemOf = (command: string): Promise<string | undefined> =>
    clientProblem(new MachineClient({ command, environment: { DOCKER_MACHINE: command } }), never);

  test.each(['docker-machine version 0.16.2, build bd45ab13', 'rancher-machine version v0.15.0'])(
    'one that says "%s" is believed',
    async (text) => {
      expect(await problemOf(program('good', `echo "${text}"`))).toBeUndefined();
    },
  );

  test('whatever else it is, its error is shown', async () => {
    expect(await problemOf(join(folder, 'none'))).toMatch(
      /^DOCKER_MACHINE names .*none, but it does not exist/,
    );
    expect(await problemOf('no-such-machine')).toContain('is not on the PATH');
    expect(await problemOf(program('plain', 'echo', 0o644))).toContain('EACCES');
    expect(await problemOf(folder)).toContain('EACCES');
    expect(await problemOf(program('bad', 'echo no such library >&2; exit 3'))).toContain(
      'its --version ended with status 3: no such library',
    );
    expect(await problemOf(program('other', 'echo "GNU tar 1.34"'))).toContain(
      'that is no docker-machine: its --version says "GNU tar 1.34"',
    );
    expect(await problemOf(program('mute', 'exit 0'))).toContain('its --version says nothing');
  });

  test('an interrupted look ends it', async () => {
    const stop = new AbortController();
    const client = new MachineClient({ command: program('hangs', 'exec sleep 600'), environment: {} });
    const look = clientProblem(client, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(look).rejects.toThrow('stopped');
  });

  test('one that does not answer is ended and told', async () => {
    const client = new MachineClient({ command: program('hangs', 'exec sleep 600'), environment: {} });
    expect(await clientProblem(client, never, 50)).toMatch(/did not answer to --version/);
  });

  test.each([
    ['not on the PATH', 'elsewhere', 0o755, true],
    ['there, but no program', 'docker-machine-driver-nutanix', 0o644, true],
    ['there', 'docker-machine-driver-nutanix', 0o755, false],
  ])('the driver is %s', async (title, name, mode, wrong) => {
    const place = join(folder, title);
    mkdirSync(place);
    writeFileSync(join(place, name), '', { mode });
    const client = new MachineClient({ command: 'x', environment: { PATH: `/nowhere:${place}` } });
    expect((await driverProblem(client)) !== undefined).toBe(wrong);
  });
});
