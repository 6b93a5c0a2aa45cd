import type { GuestDisk, GuestSpec } from '../simulator/index.js';
import { scsiSerial } from '../simulator/index.js';
import type { GuestImage } from './guest-image.js';
import type { ConnectedNic } from './guest-network.js';
import type { DiskFile } from './vm-files.js';

export interface MachineParts {
  readonly spec: GuestSpec;
  readonly image: GuestImage;
  readonly acceleration: readonly string[];
  readonly disks: readonly DiskFile[];
  /** File of the CD with cloud-init's data. */
  readonly configDrive: string;
  readonly nics: readonly ConnectedNic[];
  /** File for what the guest says on its serial line. */
  readonly console: string;
}

/**
 * Without what only slows an emulated CPU down. The clock is the emulated HPET, because a guest finds out at its boot how
 * fast its TSC counts: beside other work on this machine it has taken it for five times as slow as it is, and every time
 * limit in the guest was over in a fifth of its time. Code is translated for the address at which it runs: at another one in
 * each process, each start of a program is translated anew, which was a quarter of all that a guest cost (norandmaps). And
 * timers go off at ticks: Go's run time sleeps for microseconds at a time, and each of these sleeps is a timer set and an
 * interrupt (highres=off). As it boots, the kernel waits 64 ms for five ticks of its timer, by the clock of this machine: where QEMU
 * stands still just then, it takes the timer for broken and, when three other ways to it seem so too, panics (no_timer_check; a
 * kernel that knows that it is a guest, as under KVM, leaves that out by itself).
 */
const KERNEL_OPTIONS =
  'root=LABEL=root rw console=ttyS0 quiet mitigations=off apparmor=0 selinux=0 audit=0 nowatchdog ' +
  'net.ifnames=0 random.trust_cpu=on norandmaps highres=off tsc=unstable clocksource=hpet no_timer_check';

/** Where AHV's guests have their virtio-scsi controller: /dev/disk/by-path begins with it. */
const SCSI_PLACE = '0x5';
const CD_PLACE = '0x6';
const OTHERS_PLACE = '0x7';

/** The command line of a VM as AHV builds one: DMI, disks by their place, NICs, the CD. QMP is on stdin and stdout. */
export function qemuArguments(parts: MachineParts): string[] {
  const { spec, image, acceleration, disks, configDrive, nics, console } = parts;
  return [
    ...['-name', quoted(spec.name), '-uuid', spec.vmUuid],
    ...['-smbios', `type=1,manufacturer=Nutanix,product=AHV,serial=${spec.vmUuid}`],
    ...acceleration,
    ...['-machine', 'pc', '-m', `${spec.memoryMiB}M`, '-smp', String(spec.cpus)],
    ...['-display', 'none', '-nodefaults', '-no-user-config', '-qmp', 'stdio'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', KERNEL_OPTIONS],
    ...['-chardev', `file,id=console,path=${quoted(console)}`, '-serial', 'chardev:console'],
    ...['-device', 'virtio-rng-pci'],
    ...['-device', `virtio-scsi-pci,id=scsi,addr=${SCSI_PLACE}`],
    ...['-device', `virtio-scsi-pci,id=cd,addr=${CD_PLACE}`],
    ...['-device', `virtio-scsi-pci,id=others,addr=${OTHERS_PLACE}`],
    ...['-drive', `file=${quoted(configDrive)},if=none,id=config-drive,format=raw,readonly=on`],
    ...['-device', 'scsi-cd,bus=cd.0,drive=config-drive'],
    ...disks.flatMap(({ disk, path, format }) => [
      '-drive',
      // What the guest syncs is in this machine's memory: it outlives QEMU, and that is all that a guest can lose.
      `file=${quoted(path)},if=none,id=${nodeName(disk)},format=${format},cache=unsafe,discard=unmap`,
      '-device',
      deviceText({ ...deviceFor(disk), drive: nodeName(disk) }),
    ]),
    ...nics.flatMap(({ nic, tap }) => [
      ...['-netdev', `tap,id=net-${tap},ifname=${tap},script=no,downscript=no`],
      ...['-device', `virtio-net-pci,netdev=net-${tap},mac=${nic.macAddress},romfile=`],
    ]),
  ];
}

/** What QEMU calls the file of a disk. */
export function nodeName({ uuid }: GuestDisk): string {
  // At most 31 characters, and no digit first.
  return `d${uuid.replaceAll('-', '').slice(0, 30)}`;
}

export function deviceId({ uuid }: GuestDisk): string {
  return `disk-${uuid}`;
}

/** The properties of a disk's device, without its file. SCSI disks say what AHV's say. */
export function deviceFor(disk: GuestDisk): Readonly<Record<string, string | number>> {
  const adapter = disk.adapter.toUpperCase();
  if (adapter === 'PCI')
    return { driver: 'virtio-blk-pci', id: deviceId(disk), serial: disk.uuid.slice(0, 20) };
  return {
    driver: 'scsi-hd',
    id: deviceId(disk),
    bus: adapter === 'SCSI' ? 'scsi.0' : 'others.0',
    'scsi-id': disk.index,
    lun: disk.lun ?? 0,
    vendor: 'NUTANIX',
    product: 'VDISK',
    // QEMU cuts the serial off after 36 characters, and not the device's id in the page beside it.
    serial: scsiSerial(disk),
    device_id: scsiSerial(disk),
  };
}

function deviceText(properties: Readonly<Record<string, string | number>>): string {
  const { driver, ...others } = properties;
  const settings = Object.entries(others).map(([name, value]) => `${name}=${String(value)}`);
  return [String(driver), ...settings].join(',');
}

/** A comma begins QEMU's next option. */
function quoted(text: string): string {
  return text.replaceAll(',', ',,');
}
