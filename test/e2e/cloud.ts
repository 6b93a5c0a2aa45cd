import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createEmulatedGuests } from '../../src/emulator/index.js';
import type { GuestSpec } from '../../src/simulator/guests/index.js';
import { type GuestFaults } from '../../src/emulator/guest/options.js';
import {
  PRESET,
  presetInventory,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.js';
import { vmResources } from '../../src/simulator/v3/vm/spec.js';
import { silentLogger, systemClock } from '../../src/support/index.js';
import { DOCKER_MACHINE, Machine } from './machine.js';
import { ownNumber } from './own-number.js';
import { PC_VERSION, SERVED } from './spoken-api.js';
import { loopbackCertificate } from '../simulator/loopback-certificate.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A simulator in this process, so that tests can put faults in and look at what it keeps. */
export class Cloud {
  readonly #machines: Machine[] = [];

  private constructor(
    readonly simulator: Simulator,
    readonly sshPort: number,
    /** What the guests were started with, latest last. */
    readonly guests: readonly GuestSpec[],
    /** The first three bytes of the managed subnet (/24), and the first two of addresses that guests pick. */
    readonly networks: { readonly managed: string; readonly own: string },
  ) {}

  /** `guestFaults` is asked at each power-on. */
  static async start(
    options: SimulatorOptions = {},
    guestFaults: (spec: GuestSpec) => GuestFaults | undefined = () => undefined,
  ): Promise<Cloud> {
    const seen: GuestSpec[] = [];
    const sshPort = process.getuid?.() === 0 ? 22 : 2222;
    // Other tests have other networks.
    const networks = {
      managed: `127.${150 + ownNumber(50)}.${ownNumber(256)}`,
      own: `127.${200 + ownNumber(50)}`,
    };
    const guests = createEmulatedGuests({
      sshPort,
      clock: systemClock,
      logger: silentLogger,
      times: { boot: 100, cloudInit: 100, shutdown: 100, learning: 50 },
      // Docker is there, or its installation would be most of what these tests do.
      dockerInstalled: true,
      ownAddressPrefix: networks.own,
      faults: (spec) => {
        seen.push(spec);
        return guestFaults(spec);
      },
    });
    const inventory = presetInventory(`${networks.managed}.0/24`);
    return new Cloud(
      await startSimulator({
        certificate: loopbackCertificate(),
        guests,
        inventory,
        apis: SERVED,
        pcVersion: PC_VERSION,
        ...options,
      }),
      sshPort,
      seen,
      networks,
    );
  }

  /** The least that a create needs. */
  get env(): Record<string, string> {
    const { host, port, username, password, fingerprint } = this.simulator;
    return {
      NUTANIX_ENDPOINT: host,
      NUTANIX_PORT: String(port),
      NUTANIX_USERNAME: username,
      NUTANIX_PASSWORD: password,
      NUTANIX_FINGERPRINT: `sha256:${fingerprint}`,
      NUTANIX_CLUSTER: PRESET.cluster.name,
      NUTANIX_VM_IMAGE: PRESET.image.name,
      NUTANIX_VM_NETWORK: PRESET.managedSubnet.name,
      NUTANIX_SSH_PORT: String(this.sshPort),
    };
  }

  /** A client whose environment is `env` with these changes; undefined takes a variable away. */
  machine(changes: Environment = {}, command = DOCKER_MACHINE): Machine {
    const machine = new Machine(command, { ...this.env, ...changes });
    this.#machines.push(machine);
    return machine;
  }

  vmNames(): string[] {
    return this.simulator.vms().map(({ name }) => name);
  }

  /** The VM as Prism Central keeps it: the `resources` of its specification, and its user-data as text. */
  vm(name: string): z.infer<typeof storedVm> & { readonly userData: string } {
    const saved = this.simulator.save().vms.find((one) => one.name === name);
    if (saved === undefined) throw new Error(`there is no VM ${name}`);
    const vm = storedVm.parse({ ...saved, resources: vmResources(saved.config) });
    const encoded = vm.resources.guest_customization?.cloud_init?.user_data ?? '';
    return { ...vm, userData: Buffer.from(encoded, 'base64').toString() };
  }

  /** All that a machine may leave behind. */
  left(): unknown {
    const { vms, reservations, volumeGroups, addresses } = this.simulator.snapshot();
    return { vms, reservations, volumeGroups, addresses: addresses.flatMap(({ reserved }) => reserved) };
  }

  async close(): Promise<void> {
    for (const machine of this.#machines) machine.dispose();
    await this.simulator.close();
  }
}

export const NOTHING_LEFT = { vms: [], reservations: [], volumeGroups: [], addresses: [] };

const reference = z.looseObject({ uuid: z.string() });
const storedVm = z.looseObject({
  uuid: z.string(),
  name: z.string(),
  description: z.string().optional(),
  resources: z.looseObject({
    disk_list: z.array(
      z.looseObject({
        device_properties: z.looseObject({
          device_type: z.string(),
          disk_address: z.looseObject({ adapter_type: z.string(), device_index: z.number() }),
        }),
        disk_size_bytes: z.number().optional(),
        storage_config: z.looseObject({ storage_container_reference: reference.optional() }).optional(),
      }),
    ),
    nic_list: z.array(z.looseObject({ subnet_reference: reference })),
    guest_customization: z
      .looseObject({ cloud_init: z.looseObject({ user_data: z.string().optional() }).optional() })
      .optional(),
  }),
});

/** Every file below a folder with its text. */
export function filesBelow(folder: string): { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
}
