import { fleetOf, problemsOf } from './declaration.js';

const file = (volumes: string): string => `name: x\ngroups: [{ name: a, role: db }]\nvolumes: ${volumes}\n`;

describe('the volume plugin of a fleet', () => {
  test('as the file wants it; no secret is in it', () => {
    const { volumes } = fleetOf(
      file(
        '{ on: { role: db }, username: volumes, password-env: VP, program: ../bin/nutanix-volume, ' +
          'policy: { defaults: { size: 2GiB, mode: 700 } } }',
      ),
    );
    expect(volumes).toEqual({
      on: { role: 'db', which: 'all' },
      endpoint: undefined,
      account: { at: 'password-env', username: 'volumes', variable: 'VP' },
      attachment: 'vm',
      storageContainer: undefined,
      program: '/etc/bin/nutanix-volume',
      policy: { defaults: { size: '2GiB', mode: '700' } },
    });
  });

  test('every host gets it where nothing else is said', () => {
    const { volumes } = fleetOf(file('{ api-key-env: VK, attachment: iscsi }'));
    expect(volumes).toMatchObject({
      on: { role: 'all', which: 'all' },
      account: { at: 'api-key-env', variable: 'VK' },
      attachment: 'iscsi',
    });
  });

  test.each([
    ['{}', 'needs an account of its own'],
    ['{ username: u }', 'needs an account of its own'],
    ['{ username: u, api-key-env: K }', 'goes without username and password-env'],
    ['{ api-key-env: K, on: { role: web } }', 'no group, role or host is called web'],
    ['{ api-key-env: K, attachment: nvme }', 'attachment'],
    ['{ api-key-env: K, password: x }', 'password'],
  ])('%s: %s', (volumes, words) => {
    expect(problemsOf(file(volumes)).map(({ text }) => text)).toEqual([expect.stringContaining(words)]);
  });
});
