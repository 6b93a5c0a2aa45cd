import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '..', '..', 'scripts', 'without-cloud-drivers.awk');

/** A main program in the shape of docker-machine's; the drivers are written as `package:case`. */
function mainProgram(...drivers: readonly string[]): string {
  const named = drivers.map((driver) => driver.split(':'));
  return [
    'import (',
    '\t"example/machine/commands"',
    ...named.flatMap(([name = '']) => (name === '' ? [] : [`\t"example/machine/drivers/${name}"`])),
    '\t"example/machine/libmachine/drivers/plugin"',
    ')',
    '',
    'func runDriver(driverName string) {',
    '\tswitch driverName {',
    ...named.flatMap(([, name = '']) =>
      name === '' ? [] : [`\tcase "${name}":`, `\t\tplugin.RegisterDriver(${name}.NewDriver("", ""))`],
    ),
    '\tdefault:',
    '\t\tos.Exit(1)',
    '\t}',
    '}',
    '',
  ].join('\n');
}

function rewritten(source: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('awk', ['-v', 'keep=none generic', '-f', PROGRAM], {
    input: source,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** What `make tools` builds real clients from: their own main program, but for drivers that nobody asks for here. */
describe('the main program of a client', () => {
  test('loses its drivers for clouds and nothing else', () => {
    const all = ['amazonec2:amazonec2', 'generic:generic', 'google:google', 'none:none', 'azure:azure'];
    expect(rewritten(mainProgram(...all))).toEqual({
      status: 0,
      stdout: mainProgram('generic:generic', 'none:none'),
      stderr: '',
    });
  });

  test.each([
    ['has no drivers to drop', ['none:none']],
    ['has no driver to keep', ['google:google']],
    ['names drivers in another way', ['none:none', 'google:google', 'azure:']],
  ])('is refused when it %s', (_, drivers) => {
    const { status, stderr } = rewritten(mainProgram(...drivers));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^without-cloud-drivers: .*: its main program is another one now\n$/);
  });
});
