import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatCommand, mountRow, type GuestDisk } from '../../src/guest/guest-disk.js';
import { DOCKER_DISK } from './setups.js';

const SECTORS = 50 * 2 ** 21;

/** A guest as the script sees it: /dev and the commands, in a folder. A disk is a file with what is on it. */
class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'guest-disk-'));
  readonly #sizes = new Map<string, number>();

  constructor() {
    mkdirSync(join(this.root, 'dev/disk/by-path'), { recursive: true });
    this.command('blkid', [
      `for device; do :; done`,
      `[ -s "$device" ] || exit 2`,
      `case $* in *LABEL*) cut -s -d= -f2 "$device" ;; *) echo TYPE=x ;; esac`,
    ]);
    this.command('udevadm', ['exit 0']);
    for (const type of ['xfs', 'ext4']) {
      this.command(`mkfs.${type}`, [`echo "${type} $*" >> "${this.root}/made"`, `echo "LABEL=$3" > "$4"`]);
    }
  }

  command(name: string, script: readonly string[]): void {
    const path = join(this.root, 'bin', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ['#!/bin/sh', ...script, ''].join('\n'));
    chmodSync(path, 0o755);
  }

  disk(name: string, sectors: number, options: { target?: number; content?: string } = {}): this {
    this.#sizes.set(name, sectors);
    writeFileSync(join(this.root, 'dev', name), options.content ?? '');
    if (options.target !== undefined) {
      const link = join(this.root, `dev/disk/by-path/pci-0000:00:05.0-scsi-0:0:${options.target}:0`);
      symlinkSync(join(this.root, 'dev', name), link);
    }
    const sizes = [...this.#sizes].map(([disk, size]) => `*/dev/${disk}) echo ${size} ;;`);
    this.command('blockdev', ['case $(readlink -f "$2") in', ...sizes, 'esac']);
    return this;
  }

  /** Boots again: /dev is made anew, what is on the disks stays. */
  forgetLinks(): void {
    rmSync(join(this.root, 'dev/disk/by-label'), { recursive: true, force: true });
  }

  mounted(label: string): string {
    return realpathSync(join(this.root, 'dev/disk/by-label', label)).replace(this.root, '');
  }

  boot(...disks: GuestDisk[]): { status: number | null; log: string; made: string } {
    const [shell = '', flag = '', script = '', ...rest] = formatCommand(disks);
    const here = script
      .replaceAll('/dev/null', '@null@')
      .replaceAll('/dev/', `${this.root}/dev/`)
      .replaceAll('@null@', '/dev/null')
      .replace('[ -b ', '[ -e ');
    const path = `${this.root}/bin:/usr/bin:/bin`;
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

let machine: Machine;
beforeEach(() => {
  machine = new Machine().disk('sda', 20 * 2 ** 21, { target: 0, content: 'partitions' });
});
afterEach(() => rmSync(machine.root, { recursive: true, force: true }));

const MADE = /^docker host disks: made xfs docker-data on \/dev\/\S+\n$/;

describe('the script that formats disks', () => {
  it('formats the disk at the SCSI target, whatever its name', () => {
    machine.disk('sdb', SECTORS, { target: 2 }).disk('sdc', SECTORS, { target: 1 });
    const { status, made, log } = machine.boot(DOCKER_DISK);
    expect({ status, made }).toEqual({
      status: 0,
      made: 'xfs -q -L docker-data /dev/disk/by-path/pci-0000:00:05.0-scsi-0:0:1:0\n',
    });
    expect(log).toMatch(MADE);
    expect(machine.mounted('docker-data')).toBe('/dev/sdc');
  });

  it('finds a disk by its size on another bus', () => {
    machine.disk('vda', 10).disk('vdb', SECTORS);
    const { made } = machine.boot({ ...DOCKER_DISK, bus: 'pci', filesystem: 'ext4' });
    expect(made).toBe('ext4 -q -L docker-data /dev/vdb\n');
  });

  it('gives each of two disks of one size its own file system', () => {
    machine.disk('sdb', SECTORS).disk('sdc', SECTORS);
    machine.boot(DOCKER_DISK, { ...DOCKER_DISK, index: 2, path: '/data', label: 'disk-2' });
    expect([machine.mounted('docker-data'), machine.mounted('disk-2')]).toEqual(['/dev/sdb', '/dev/sdc']);
  });

  it.each([
    ['with the links', () => undefined],
    ['when nobody else made them', () => machine.forgetLinks()],
  ])('finds its file system again at the next boot, %s', (_case, restart) => {
    machine.disk('sdb', SECTORS).disk('sdc', SECTORS);
    const first = machine.boot(DOCKER_DISK);
    restart();
    expect(machine.boot(DOCKER_DISK)).toEqual({ status: 0, made: first.made, log: '' });
    expect(machine.mounted('docker-data')).toBe('/dev/sdb');
  });

  it('formats nothing when the label is there already, on whatever device', () => {
    machine.disk('dm-0', 7, { content: 'LABEL=docker-data' }).disk('sdb', SECTORS, { target: 1 });
    mkdirSync(join(machine.root, 'dev/disk/by-label'));
    symlinkSync('../../dm-0', join(machine.root, 'dev/disk/by-label/docker-data'));
    expect(machine.boot(DOCKER_DISK)).toEqual({ status: 0, made: '', log: '' });
  });

  it('never formats a disk that holds anything', () => {
    machine.disk('sdb', SECTORS, { target: 1, content: 'somebody’s file system' });
    const { status, made, log } = machine.boot(DOCKER_DISK);
    expect({ status, made }).toEqual({ status: 1, made: '' });
    expect(log).toContain(`no blank disk of ${SECTORS} sectors for docker-data`);
  });

  it('never formats a disk that it cannot look into', () => {
    machine.disk('sdb', SECTORS, { target: 1 });
    machine.command('blkid', ['exit 1']);
    expect(machine.boot(DOCKER_DISK)).toMatchObject({ status: 1, made: '' });
  });

  it('never formats a disk of another size', () => {
    machine.disk('sdb', SECTORS - 1, { target: 1 });
    expect(machine.boot(DOCKER_DISK)).toMatchObject({ status: 1, made: '' });
  });

  it('leaves alone what is not a whole disk', () => {
    machine.disk('sr0', SECTORS).disk('sda1', SECTORS).disk('dm-0', SECTORS).disk('loop0', SECTORS);
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
    const { status, log } = machine.boot(DOCKER_DISK);
    expect({ status, log }).toEqual({ status: 1, log: 'docker host disks: this image has no mkfs.xfs\n' });
  });

  it('fails when formatting does', () => {
    machine.disk('sdb', SECTORS);
    machine.command('mkfs.xfs', ['exit 1']);
    expect(machine.boot(DOCKER_DISK)).toMatchObject({ status: 1, made: '' });
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
