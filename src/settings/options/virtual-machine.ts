import { atLeast, between, oneOf } from './checks.js';
import { categoryList } from './category.js';
import { boolOption, intOption, sliceOption, stringOption } from './option.js';

const group = 'Virtual machine';
const since = 'official';

/** What the VM is made of and where it stands. */
export const virtualMachineOptions = {
  Cluster: stringOption({
    name: 'nutanix-cluster',
    env: 'NUTANIX_CLUSTER',
    group,
    help: 'Cluster that runs the VM, by name or UUID',
    required: true,
    since,
  }),
  Image: stringOption({
    name: 'nutanix-vm-image',
    env: 'NUTANIX_VM_IMAGE',
    group,
    help: 'Disk image to clone, by name or UUID; it has to contain cloud-init or Ignition',
    required: true,
    since,
  }),
  VMMem: intOption({
    name: 'nutanix-vm-mem',
    env: 'NUTANIX_VM_MEM',
    group,
    help: 'Memory in MiB',
    fallback: 2048,
    check: atLeast(256),
    since,
  }),
  VMVCPUs: intOption({
    name: 'nutanix-vm-cpus',
    env: 'NUTANIX_VM_CPUS',
    group,
    help: 'Number of CPU sockets',
    fallback: 2,
    check: between(1, 1024),
    since,
  }),
  VMCores: intOption({
    name: 'nutanix-vm-cores',
    env: 'NUTANIX_VM_CORES',
    group,
    help: 'Cores of each socket',
    fallback: 1,
    check: between(1, 1024),
    since,
  }),
  VMCPUPassthrough: boolOption({
    name: 'nutanix-vm-cpu-passthrough',
    env: 'NUTANIX_VM_CPU_PASSTHROUGH',
    group,
    help: 'Show all features of the host CPU to the VM',
    since,
  }),
  Project: stringOption({
    name: 'nutanix-project',
    env: 'NUTANIX_PROJECT',
    group,
    help: 'Project of the VM, by name or UUID',
    since,
  }),
  Categories: sliceOption({
    name: 'nutanix-vm-categories',
    env: 'NUTANIX_VM_CATEGORIES',
    group,
    help: 'Category of the VM as key=value; repeatable, also with the same key',
    check: categoryList,
    since,
  }),
  Description: stringOption({
    name: 'nutanix-vm-description',
    env: 'NUTANIX_VM_DESCRIPTION',
    group,
    help: 'Description of the VM, cut at 1000 characters',
    fallback: 'Docker host made by docker-machine-driver-nutanix',
    since,
  }),
  GPUs: sliceOption({
    name: 'nutanix-vm-gpu',
    env: 'NUTANIX_VM_GPU',
    group,
    help: 'Name of a GPU; repeatable, once for each GPU',
    since,
  }),
  SerialPort: boolOption({
    name: 'nutanix-vm-serial-port',
    env: 'NUTANIX_VM_SERIAL_PORT',
    group,
    help: 'Give the VM a serial port; some cloud images need one to boot',
    since,
  }),
  BootType: stringOption({
    name: 'nutanix-boot-type',
    env: 'NUTANIX_BOOT_TYPE',
    group,
    help: 'Firmware: legacy (BIOS), uefi, or secure (UEFI with secure boot)',
    fallback: 'legacy',
    check: oneOf('legacy', 'uefi', 'secure'),
    since,
  }),
  MachineType: stringOption({
    name: 'nutanix-machine-type',
    env: 'NUTANIX_MACHINE_TYPE',
    group,
    help: 'Emulated chipset: pc or q35; empty = what the boot type needs',
    check: oneOf('pc', 'q35'),
  }),
  VTPM: boolOption({
    name: 'nutanix-vtpm',
    env: 'NUTANIX_VTPM',
    group,
    help: 'Give the VM a virtual TPM; needs boot type uefi or secure',
  }),
} as const;
