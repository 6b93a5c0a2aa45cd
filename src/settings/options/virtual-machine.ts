import { atLeast, between, oneOf } from './checks.js';
import { categoryList } from './category.js';
import { FIRST_VERSION, optionsIn } from './option.js';

const option = optionsIn('Virtual machine', 'official');

/** What the VM is made of and where it stands. */
export const virtualMachineOptions = {
  Cluster: option.string({
    name: 'nutanix-cluster',
    help: 'Cluster that runs the VM, by name or UUID',
    required: true,
  }),
  Image: option.string({
    name: 'nutanix-vm-image',
    help: 'Disk image to clone, by name or UUID; it has to contain cloud-init or Ignition',
    required: true,
  }),
  VMMem: option.int({
    name: 'nutanix-vm-mem',
    help: 'Memory in MiB',
    fallback: 2048,
    check: atLeast(256),
  }),
  VMVCPUs: option.int({
    name: 'nutanix-vm-cpus',
    help: 'Number of CPU sockets',
    fallback: 2,
    check: between(1, 1024),
  }),
  VMCores: option.int({
    name: 'nutanix-vm-cores',
    help: 'Cores of each socket',
    fallback: 1,
    check: between(1, 1024),
  }),
  VMCPUPassthrough: option.bool({
    name: 'nutanix-vm-cpu-passthrough',
    help: 'Show all features of the host CPU to the VM',
  }),
  Project: option.string({
    name: 'nutanix-project',
    help: 'Project of the VM, by name or UUID',
  }),
  Categories: option.slice({
    name: 'nutanix-vm-categories',
    help: 'Category of the VM as key=value; repeatable, also with the same key',
    check: categoryList,
  }),
  Description: option.string({
    name: 'nutanix-vm-description',
    help: 'Description of the VM, cut at 1000 characters',
    fallback: 'Docker host made by docker-machine-driver-nutanix',
  }),
  GPUs: option.slice({
    name: 'nutanix-vm-gpu',
    help: 'Name of a GPU; repeatable, once for each GPU',
  }),
  SerialPort: option.bool({
    name: 'nutanix-vm-serial-port',
    help: 'Give the VM a serial port; some cloud images need one to boot',
  }),
  BootType: option.string({
    name: 'nutanix-boot-type',
    help: 'Firmware: legacy (BIOS), uefi, or secure (UEFI with secure boot)',
    fallback: 'legacy',
    check: oneOf('legacy', 'uefi', 'secure'),
  }),
  MachineType: option.string({
    name: 'nutanix-machine-type',
    help: 'Emulated chipset: pc or q35; empty = what the boot type needs',
    check: oneOf('pc', 'q35'),
    since: FIRST_VERSION,
  }),
  VTPM: option.bool({
    name: 'nutanix-vtpm',
    help: 'Give the VM a virtual TPM; needs boot type uefi or secure',
    since: FIRST_VERSION,
  }),
} as const;
