import { parse } from 'yaml';
import { composeUserData } from '../../../src/guest/index.js';
import { CloudInit } from '../../../src/emulator/cloudinit/index.js';
import { repositoryFile } from '../../source-tree.js';
import { run, runningSystem } from '../running-system.js';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfTheMachine web-1';

/** The recipe of docs/guests.md for a network without DHCP. */
function recipe(): string {
  const [, text] = /```yaml\n(#cloud-config\n# netplan[^]*?)```/.exec(repositoryFile('docs/guests.md')) ?? [];
  if (text === undefined) throw new Error('docs/guests.md has no recipe for netplan');
  return text;
}

test.each(['root', 'deploy'])(
  'the recipe of docs/guests.md for a network without DHCP: what the guest of user %s gets',
  async (user) => {
    const userData = await composeUserData({ user, publicKey, disks: [] }, recipe());
    const { system } = runningSystem({ spec: { userData } });
    system.fs.mkdirs('/etc/netplan');
    system.fs.mkdirs('/etc/cloud/cloud.cfg.d');
    system.fs.writeFile('/etc/netplan/50-cloud-init.yaml', 'network: {version: 2}\n');
    system.fs.writeFile('/usr/sbin/netplan', '#!/bin/sh\necho "netplan $*" > /run/netplan\n').mode = 0o755;
    const cloudInit = new CloudInit(system);
    await cloudInit.early();
    await cloudInit.late();
    expect([...system.cloudInit.errors, ...system.cloudInit.warnings]).toEqual([]);
    expect((await run(system, 'ls /etc/netplan; stat -c %a /etc/netplan/*; cat /run/netplan')).out).toBe(
      '60-static.yaml\n600\nnetplan apply\n',
    );
    expect(parse((await run(system, 'cat /etc/netplan/60-static.yaml')).out)).toEqual({
      network: {
        version: 2,
        ethernets: {
          first: {
            match: { name: 'e*' },
            dhcp4: false,
            addresses: ['10.20.0.31/24'],
            routes: [{ to: 'default', via: '10.20.0.1' }],
            nameservers: { addresses: ['10.20.0.2'] },
          },
        },
      },
    });
    expect(parse((await run(system, 'cat /etc/cloud/cloud.cfg.d/99-network.cfg')).out)).toEqual({
      network: { config: 'disabled' },
    });
  },
);
