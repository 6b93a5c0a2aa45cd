import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatCommand, mountRow, type GuestDisk } from '../../src/guest/guest-disk.js';
import { DOCKER_DISK } from './setups.js';

const SECTORS = 50 * 2 ** 21;

/** A guest as the script sees it: /sys, /dev and the commands, all in a folder. */
class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'guest-disk-'));

  constructor() {
    mkdirSync(join(this.root, 'dev/disk'), { recursive: true });
    mkdirSync(join(this.root, 'sys/block'), { recursive: true });
    // A disk is blank when its file is empty; 2 is what blkid says then.
    this.command('blkid', 'if [ -s "$2" ]; then echo TYPE=x; else exit 2; fi');
    for (const type of ['xfs', 'ext4']) {
      this.command(
        `mkfs.${type}`,
        `echo "${type} $*" >> "${this.root}/made"; echo ${type} > "$4"; mkdir -p "${this.root}/dev/disk/by-label"; ln -sf "$4" "${this.root}/dev/disk/by-label/$3"`,
      );
    }
    this.command('udevadm', 'exit 0');
  }

  command(name: string, script: string): void {
    const path = join(this.root, 'bin', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  disk(
    name: string,
    sectors: number,
    options: { scsi?: string; content?: string; partition?: boolean } = {},
  ): this {
    const sys = join(this.root, 'sys/block', name);
    mkdirSync(options.partition === true ? join(sys, `${name}1`) : sys, { recursive: true });
    writeFileSync(join(sys, 'size'), `${sectors}\n`);
    writeFileSync(join(this.root, 'dev', name), options.content ?? '');
    if (options.scsi !== undefined) {
      const block = join(this.root, 'sys/class/scsi_device', options.scsi, 'device/block');
      mkdirSync(block, { recursive: true });
      symlinkSync(sys, join(block, name));
    }
    return this;
  }

  boot(...disks: GuestDisk[]): { status: number | null; log: string; made: string } {
    const [shell = '', flag = '', script = '', ...rest] = formatCommand(disks);
    const here = script
      .replaceAll('/dev/null', '@null@')
      .replaceAll('/sys/', `${this.root}/sys/`)
      .replaceAll('/dev/', `${this.root}/dev/`)
      .replaceAll('@null@', '/dev/null')
      .replace('[ -b ', '[ -e ');
    const path = `${this.root}/bin:${process.env['PATH'] ?? ''}`;
    const { status, stderr } = spawnSync(shell, [flag, here, ...rest], {
      env: { PATH: path },
      encoding: 'utf8',
    });
    return { status, log: stderr.replaceAll(this.root, ''), made: this.made() };
  }

  private made(): string {
    try {
      return readFileSync(join(this.root, 'made'), 'utf8').replaceAll(this.root, '');
    } catch {
      return '';
    }
  }
}

let machine = new Machine();
beforeEach(() => {
  machine = new Machine().disk('sda', 20 * 2 ** 21, { scsi: '2:0:0:0', content: 'system', partition: true });
});
afterEach(() => rmSync(machine.root, { recursive: true, force: true }));

describe('the script that formats disks', () => {
  it('formats the disk at the SCSI target, whatever its name', () => {
    machine.disk('sdb', SECTORS, { scsi: '2:0:2:0' }).disk('sdc', SECTORS, { scsi: '2:0:1:0' });
    expect(machine.boot(DOCKER_DISK)).toEqual({
      status: 0,
      made: 'xfs -q -L docker-data /dev/sdc\n',
      log: 'docker host disks: made xfs docker-data on /dev/sdc\n',
    });
  });

  it('finds a disk of the size where there are no SCSI targets', () => {
    machine.disk('vda', 10).disk('vdb', SECTORS);
    expect(machine.boot({ ...DOCKER_DISK, bus: 'pci', filesystem: 'ext4' }).made).toBe(
      'ext4 -q -L docker-data /dev/vdb\n',
    );
  });

  it('gives each of two disks of one size its own file system', () => {
    machine.disk('sdb', SECTORS).disk('sdc', SECTORS);
    const second = { ...DOCKER_DISK, index: 2, path: '/data', label: 'disk-2' };
    expect(machine.boot(DOCKER_DISK, second).made).toBe(
      'xfs -q -L docker-data /dev/sdb\nxfs -q -L disk-2 /dev/sdc\n',
    );
  });

  it('does nothing at the next boot', () => {
    machine.disk('sdb', SECTORS, { scsi: '2:0:1:0' });
    machine.boot(DOCKER_DISK);
    expect(machine.boot(DOCKER_DISK)).toMatchObject({
      status: 0,
      made: 'xfs -q -L docker-data /dev/sdb\n',
      log: '',
    });
  });

  it.each([
    ['holds something', { content: 'ext4' }],
    ['has partitions', { partition: true }],
  ])('never formats a disk that %s', (_case, options) => {
    machine.disk('sdb', SECTORS, { scsi: '2:0:1:0', ...options });
    const { status, made, log } = machine.boot(DOCKER_DISK);
    expect({ status, made }).toEqual({ status: 1, made: '' });
    expect(log).toContain(`no blank disk of ${SECTORS} sectors for docker-data`);
  });

  it('never formats a disk of another size', () => {
    machine.disk('sdb', SECTORS - 1, { scsi: '2:0:1:0' });
    expect(machine.boot(DOCKER_DISK)).toMatchObject({ status: 1, made: '' });
  });

  it('leaves alone what is not a disk', () => {
    machine.disk('sr0', SECTORS).disk('dm-0', SECTORS).disk('zram0', SECTORS);
    expect(machine.boot(DOCKER_DISK)).toMatchObject({ status: 1, made: '' });
  });

  it('formats the other disks when one cannot be', () => {
    machine.disk('sdb', SECTORS);
    const missing = { ...DOCKER_DISK, sizeGiB: 7, label: 'disk-2' };
    expect(machine.boot(missing, DOCKER_DISK)).toMatchObject({
      status: 1,
      made: 'xfs -q -L docker-data /dev/sdb\n',
    });
  });

  it('says that the image lacks the program', () => {
    machine.disk('sdb', SECTORS);
    rmSync(join(machine.root, 'bin/mkfs.xfs'));
    expect(machine.boot({ ...DOCKER_DISK }).log).toMatch(/no mkfs\.xfs|made xfs/);
  });

  it('fails when formatting does', () => {
    machine.disk('sdb', SECTORS);
    machine.command('mkfs.xfs', 'exit 1');
    expect(machine.boot(DOCKER_DISK)).toMatchObject({ status: 1 });
  });
});

it('mounts by label, before Docker, and not at the price of the boot', () => {
  expect(mountRow(DOCKER_DISK)).toEqual([
    '/dev/disk/by-label/docker-data',
    '/var/lib/docker',
    'xfs',
    'defaults,nofail,x-systemd.device-timeout=30s,x-systemd.before=docker.service',
    '0',
    '2',
  ]);
});
