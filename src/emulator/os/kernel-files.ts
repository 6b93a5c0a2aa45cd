import {
  DeviceNode,
  DirectoryNode,
  FileNode,
  root,
  type Device,
  type MemoryFileSystem,
} from '../filesystem/index.js';

const DEVICES: readonly Device[] = ['null', 'zero', 'urandom', 'tty', 'stdin', 'stdout', 'stderr'];

/** Directories of the root that hold nothing over a reboot. */
export const VOLATILE_DIRECTORIES: ReadonlySet<string> = new Set(['dev', 'proc', 'sys', 'run', 'tmp']);

/** What the kernel and systemd make anew at every boot: /dev, /proc, /run, /tmp. */
export function prepareBoot(fs: MemoryFileSystem, bootId: string, mounts: () => string): void {
  fs.mounts.clear();
  for (const name of VOLATILE_DIRECTORIES) {
    fs.root.entries.set(name, new DirectoryNode(0, 0, name === 'tmp' ? 0o1777 : 0o755));
  }
  for (const device of DEVICES) fs.link(new DeviceNode(device, 0, 0, 0o666), `/dev/${device}`, root);
  fs.mkdirs('/proc/sys/kernel/random');
  fs.mkdirs('/proc/sys/net/ipv4');
  fs.mkdirs('/proc/sys/vm');
  fs.writeFile('/proc/sys/kernel/random/boot_id', `${bootId}\n`);
  fs.writeFile('/proc/sys/net/ipv4/ip_forward', '0\n');
  fs.writeFile('/proc/sys/vm/max_map_count', '65530\n');
  fs.writeFile('/proc/cmdline', 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro console=tty1\n');
  fs.link(new FileNode(0, 0, 0o444, mounts), '/proc/mounts', root);
  fs.mkdirs('/run/lock');
  if (fs.find('/var/run') === undefined) fs.symlink('/run', '/var/run');
}

/** What firmware says of the VM: which one it is, for root only. */
export function showFirmware(fs: MemoryFileSystem, vmUuid: string): void {
  const folder = '/sys/class/dmi/id';
  fs.mkdirs(folder);
  fs.writeFile(`${folder}/sys_vendor`, 'Nutanix\n');
  fs.writeFile(`${folder}/product_name`, 'AHV\n');
  fs.link(new FileNode(0, 0, 0o400, () => `${vmUuid}\n`), `${folder}/product_uuid`, root);
}
