import { composeUserData } from '../../../src/guest/index.js';
import { unemulated } from '../../../src/emulator/cloudinit/unemulated.js';
import type { Logger } from '../../../src/support/index.js';
import { run } from '../running-system.js';
import { booted } from './booted.js';

test.each<[string, Record<string, unknown>, string[]]>([
  ['nothing', {}, []],
  ['what is done', { runcmd: ['true'], users: ['default', { name: 'eve', lock_passwd: true }] }, []],
  ['a whole module', { ntp: { servers: ['a'] }, locale: 'de' }, ['ntp', 'locale']],
  [
    'one setting of users, twice',
    {
      users: [
        { name: 'a', passwd: 'x' },
        { name: 'b', passwd: 'y' },
      ],
    },
    ['users: passwd'],
  ],
  [
    'a source for write_files',
    { write_files: [{ path: '/x', source: { uri: 'u' } }] },
    ['write_files: source'],
  ],
  ['an own mkfs', { fs_setup: [{ cmd: 'mkfs' }] }, ['fs_setup: cmd']],
  ['users as a map by name', { users: { eve: { shell: '/bin/sh' } } }, []],
])('%s', (_case, config, parts) => expect(unemulated(config)).toEqual(parts));

test('what a guest does not do is said in its logs and in the simulator’s, and is no fault of cloud-init', async () => {
  const warnings: string[] = [];
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (line) => warnings.push(line),
  };
  const system = await booted('#cloud-config\ntimezone: Europe/Berlin\nntp: {}\n', { logger });
  expect(warnings).toEqual([
    'guest web-1: its cloud-config asks for "timezone", "ntp", which emulated guests do not do',
  ]);
  const { out } = await run(system, 'cut -d" " -f3- /var/log/cloud-init.log');
  expect(out).toBe(
    '- emulated[WARNING]: An emulated guest does not do "timezone"; a real one does.\n' +
      '- emulated[WARNING]: An emulated guest does not do "ntp"; a real one does.\n',
  );
  expect((await run(system, 'cloud-init status --long')).out).toContain('extended_status: done');
});

test('all that the driver itself asks for is done', async () => {
  const publicKey = 'ssh-ed25519 AAAA key';
  const disk = { bus: 'scsi', index: 1, sizeGiB: 5, filesystem: 'ext4', path: '/srv', label: 'a' } as const;
  for (const user of ['root', 'deploy']) {
    const warnings: string[] = [];
    const logger: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (line) => warnings.push(line),
    };
    await booted(await composeUserData({ user, publicKey, disks: [disk] }), { logger });
    expect(warnings).toEqual([]);
  }
});
