import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createStorageNode, type StorageNode } from '../../../src/node/index.js';
import type { Clock } from '../../../src/support/index.js';

/** A disk as sysfs shows one of AHV's. */
export interface RecordedDisk {
  readonly name: string;
  /** `host:channel:target:lun` */
  readonly place: string;
  readonly sizeBytes: number;
  readonly wwid?: string;
  readonly vendor?: string;
  readonly state?: string;
  readonly multipath?: string;
  /** It comes from this target, by a session of iSCSI. */
  readonly iscsiTarget?: string;
}

/** Folders laid out as sysfs and /dev are, with what the kernel of a guest shows. */
export class RecordedSystem {
  readonly root = mkdtempSync(join(tmpdir(), 'recorded-system-'));
  readonly node: StorageNode;

  constructor(clock: Clock) {
    for (const folder of ['sys/block', 'dev/disk/by-id', 'dev/mapper', 'programs']) this.#folder(folder);
    this.node = createStorageNode({
      clock,
      paths: {
        sys: join(this.root, 'sys'),
        dev: join(this.root, 'dev'),
        run: join(this.root, 'run'),
        iscsi: join(this.root, 'iscsi'),
        iscsiRecords: [join(this.root, 'iscsi')],
        programs: [join(this.root, 'programs'), '/bin', '/usr/bin'],
      },
    });
  }

  add({
    name,
    place,
    sizeBytes,
    wwid,
    vendor = 'NUTANIX ',
    state = 'running',
    multipath,
    iscsiTarget,
  }: RecordedDisk): string {
    const bus = iscsiTarget === undefined ? 'pci0000:00/0000:00:05.0/virtio2' : 'platform/host3/session1';
    const folder = `sys/devices/${bus}/${place}`;
    if (iscsiTarget !== undefined)
      this.write('sys/class/iscsi_session/session1/targetname', `${iscsiTarget}\n`);
    this.write(`${folder}/vendor`, `${vendor}\n`);
    this.write(`${folder}/state`, `${state}\n`);
    this.write(`${folder}/delete`, '');
    if (wwid !== undefined) this.write(`${folder}/wwid`, `${wwid}\n`);
    this.write(`sys/block/${name}/size`, `${String(sizeBytes / 512)}\n`);
    symlinkSync(join(this.root, folder), join(this.root, `sys/block/${name}/device`));
    if (multipath !== undefined) {
      this.write(`sys/block/${multipath}/dm/uuid`, 'mpath-1NUTANIX\n');
      this.write(`sys/block/${multipath}/dm/name`, `map-${multipath}\n`);
      this.write(`sys/block/${multipath}/size`, `${String(sizeBytes / 512)}\n`);
      this.write(`dev/mapper/map-${multipath}`, '');
      this.#folder(`sys/block/${name}/holders/${multipath}`);
      this.#folder(`sys/block/${multipath}/slaves/${name}`);
    }
    this.write(`dev/${name}`, '');
    return join(this.root, 'dev', name);
  }

  /** A program in place of one that needs a kernel which tests do not have. */
  program(name: string, script: string): void {
    this.write(`programs/${name}`, `#!/bin/sh\ncd ${this.root}\n${script}\n`);
    chmodSync(join(this.root, 'programs', name), 0o755);
  }

  text(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  addHost(name: string, adapter: string): void {
    this.write(`sys/class/scsi_host/${name}/proc_name`, `${adapter}\n`);
    this.write(`sys/class/scsi_host/${name}/scan`, '');
  }

  scanned(name: string): string {
    return readFileSync(join(this.root, `sys/class/scsi_host/${name}/scan`), 'utf8');
  }

  link(name: string, device: string): void {
    symlinkSync(`../../${device}`, join(this.root, 'dev/disk/by-id', name));
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  write(path: string, text: string): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }

  free(): void {
    rmSync(this.root, { recursive: true });
  }

  #folder(path: string): void {
    mkdirSync(join(this.root, path), { recursive: true });
  }
}
