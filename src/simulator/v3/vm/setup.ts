import type { VmBoot, VmSetup } from '../../core/store/vm-record.js';
import { fieldsOf, without } from '../fields.js';

type Json = Readonly<Record<string, unknown>>;

/** What a server shows of a VM whose client has not said otherwise, as recorded from pc.2024.3. */
const DEFAULTS = {
  apc_config: { enabled: false },
  memory_overcommit_enabled: false,
  gpu_console_enabled: false,
  is_vcpu_hard_pinned: false,
  hardware_clock_timezone: 'UTC',
  is_agent_vm: false,
  disable_branding: false,
  enable_cpu_passthrough: false,
  hardware_virtualization_enabled: false,
  vtpm_config: { vtpm_enabled: false },
  vga_console_enabled: true,
  vnuma_config: { num_vnuma_nodes: 0 },
  serial_port_list: [],
  cpu_hotplug_enabled: true,
  scsi_controller_enabled: true,
};

const BOOT_ORDER = ['CDROM', 'DISK', 'NETWORK'];

/** Fields of `resources` that are a yes or a no, and what the core calls them. */
const SWITCHES = {
  memory_overcommit_enabled: 'memoryOvercommit',
  gpu_console_enabled: 'gpuConsole',
  is_vcpu_hard_pinned: 'vcpuPinning',
  is_agent_vm: 'agentVm',
  enable_cpu_passthrough: 'cpuPassthrough',
  hardware_virtualization_enabled: 'hardwareVirtualization',
  vga_console_enabled: 'vgaConsole',
  cpu_hotplug_enabled: 'cpuHotplug',
  scsi_controller_enabled: 'scsiController',
} as const;

/** The setup in the fields of `resources` that nothing else has taken, and what is left of these. */
export function setupOf(resources: Json): {
  readonly setup: VmSetup;
  readonly extras: Record<string, unknown>;
} {
  const { boot_config: boot, hardware_clock_timezone: timezone, serial_port_list: ports } = resources;
  const { apc_config: apc, vtpm_config: vtpm, vnuma_config: vnuma, disable_branding: unbranded } = resources;
  const setup: VmSetup = {
    ...(boot === undefined ? {} : { boot: bootOf(fieldsOf(boot)) }),
    ...given('timezone', typeof timezone === 'string' ? timezone : undefined),
    ...given('serialPorts', Array.isArray(ports) ? ports.map(serialPort) : undefined),
    ...given('advancedProcessorCompatibility', yesOrNo(fieldsOf(apc)['enabled'])),
    ...given('vtpm', yesOrNo(fieldsOf(vtpm)['vtpm_enabled'])),
    ...given('numaNodes', count(fieldsOf(vnuma)['num_vnuma_nodes'])),
    ...given('branding', typeof unbranded === 'boolean' ? !unbranded : undefined),
  };
  for (const [field, key] of Object.entries(SWITCHES)) {
    const value = yesOrNo(resources[field]);
    if (value !== undefined) setup[key] = value;
  }
  const extras = without({ ...resources }, ...TAKEN, ...Object.keys(SWITCHES));
  for (const [field, taken] of PARTS) {
    const rest = without({ ...fieldsOf(resources[field]) }, taken);
    if (Object.keys(rest).length > 0) extras[field] = rest;
  }
  return { setup, extras };
}

/** Objects of which one field is the core's; a client gets the others back as it sent them. */
const PARTS = [
  ['apc_config', 'enabled'],
  ['vtpm_config', 'vtpm_enabled'],
  ['vnuma_config', 'num_vnuma_nodes'],
] as const;

const TAKEN = [
  'boot_config',
  'hardware_clock_timezone',
  'serial_port_list',
  'disable_branding',
  ...PARTS.map(([field]) => field),
];

/** The fields of `resources` that say how a VM is set up, complete. */
export function setupView(setup: VmSetup, extras: Json): Record<string, unknown> {
  const { timezone, serialPorts, advancedProcessorCompatibility: apc, vtpm, numaNodes, branding } = setup;
  const { boot_config: oldBoot, ...others } = extras;
  return {
    ...DEFAULTS,
    ...given('hardware_clock_timezone', timezone),
    ...given('serial_port_list', serialPorts?.map(serialPortView)),
    ...given('disable_branding', branding === undefined ? undefined : !branding),
    ...Object.fromEntries(
      Object.entries(SWITCHES).flatMap(([field, key]) =>
        setup[key] === undefined ? [] : [[field, setup[key]]],
      ),
    ),
    ...others,
    apc_config: { enabled: apc ?? false, ...fieldsOf(others['apc_config']) },
    vtpm_config: { vtpm_enabled: vtpm ?? false, ...fieldsOf(others['vtpm_config']) },
    vnuma_config: { num_vnuma_nodes: numaNodes ?? 0, ...fieldsOf(others['vnuma_config']) },
    boot_config: { boot_device_order_list: BOOT_ORDER, ...bootView(setup.boot), ...fieldsOf(oldBoot) },
  };
}

const FIRMWARES = ['LEGACY', 'UEFI', 'SECURE_BOOT'] as const;

function bootOf(input: Json): VmBoot {
  const { boot_type: type, boot_device_order_list: order, boot_device: device, ...extras } = input;
  const { disk_address: place, mac_address: mac, ...otherDevice } = fieldsOf(device);
  const { adapter_type: adapter, device_index: index } = fieldsOf(place);
  const isPlace = typeof adapter === 'string' && typeof index === 'number';
  return {
    ...given(
      'firmware',
      FIRMWARES.find((one) => one === type),
    ),
    ...given('order', Array.isArray(order) ? order.map(String) : undefined),
    ...(isPlace ? { disk: { adapter, index } } : {}),
    ...given('macAddress', typeof mac === 'string' ? mac : undefined),
    extras: {
      ...extras,
      ...(Object.keys(otherDevice).length === 0 ? {} : { boot_device: otherDevice }),
    },
  };
}

function bootView(boot: VmBoot | undefined): Record<string, unknown> {
  if (boot === undefined) return {};
  const { firmware, order, disk, macAddress, extras } = boot;
  const device = {
    ...fieldsOf(extras['boot_device']),
    ...given('disk_address', disk && { adapter_type: disk.adapter, device_index: disk.index }),
    ...given('mac_address', macAddress),
  };
  return {
    ...given('boot_device_order_list', order),
    ...extras,
    ...given('boot_type', firmware),
    ...(Object.keys(device).length === 0 ? {} : { boot_device: device }),
  };
}

function serialPort(port: unknown): { index: number; connected?: boolean } {
  const { index, is_connected: connected } = fieldsOf(port);
  return { index: count(index) ?? 0, ...given('connected', yesOrNo(connected)) };
}

function serialPortView({ index, connected }: { index: number; connected?: boolean | undefined }): Json {
  return { index, ...given('is_connected', connected) };
}

function yesOrNo(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** A field, unless it has no value. */
function given<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  if (value === undefined) return {};
  const field: Partial<Record<Key, Value>> = {};
  field[key] = value;
  return field;
}
