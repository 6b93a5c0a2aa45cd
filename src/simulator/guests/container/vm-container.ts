import { buffer, text } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { OperationError } from '../../../support/index.js';
import type { GuestNic, GuestSpec } from '../guest-backend.js';
import { containerOptions, endpointSettings, limits, type Endpoint } from './container-options.js';
import { engineError, hasStatus } from './engine-error.js';
import type { Engine } from './engine.js';
import { describeHardware, HARDWARE_PATH, type HardwareParts } from './hardware.js';
import type { SubnetNetwork } from './networks.js';
import { guestHostname } from '../meta-data.js';
import { seedFiles } from './seed.js';

/** In the image. */
const DISKS_PROGRAM = '/usr/lib/prism-guest/disks';

/** A tar archive of text files that only root may read, as the engine takes it. Paths without leading `/`. */
export async function archiveOf(
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<Buffer> {
  const archive = pack();
  for (const { path, text } of files) archive.entry({ name: path, mode: 0o600 }, text);
  archive.finalize();
  return await buffer(archive);
}

/** A NIC and the network it is on. */
export interface NicOnNetwork {
  readonly nic: GuestNic;
  readonly network: SubnetNetwork;
}

/** A VM as it shall be at its next boot. */
export interface Wanted {
  readonly spec: GuestSpec;
  readonly nics: readonly NicOnNetwork[];
  readonly visibleCpus: string;
  readonly isolated: boolean;
}

export interface VmContainerParts {
  readonly engine: Engine;
  /** Of the container and of the volume with its disks. */
  readonly name: string;
  readonly image: string;
  readonly labels: Record<string, string>;
}

/** The container and the volume that keep a VM's state while it exists, on or off. */
export class VmContainer {
  readonly #parts: VmContainerParts;
  #endpoints: readonly Endpoint[] = [];
  #made = false;
  /** As it was prepared last. */
  #wanted: Wanted | undefined;

  constructor(parts: VmContainerParts) {
    this.#parts = parts;
  }

  /** For calls that are answered at once. */
  get calls(): ReturnType<Engine['calls']['getContainer']> {
    return this.#parts.engine.calls.getContainer(this.#parts.name);
  }

  /** For the call that lasts as long as the guest runs. */
  get waits(): ReturnType<Engine['waits']['getContainer']> {
    return this.#parts.engine.waits.getContainer(this.#parts.name);
  }

  /**
   * Makes or changes the container, which does not run, to what is wanted; `describe` is needed as well before it
   * starts. Rejects with an OperationError.
   */
  async prepare(wanted: Wanted): Promise<void> {
    const { spec } = wanted;
    const endpoints = endpointsOf(wanted);
    try {
      if (this.#made) await this.calls.update({ ...limits(spec, wanted.visibleCpus) });
      else await this.#make(wanted, endpoints[0]);
      await this.#connect(endpoints);
      this.#wanted = wanted;
    } catch (error) {
      throw engineError(`prepare guest ${spec.name}`, error);
    }
  }

  /** Writes down what the guest finds at its next boot. Rejects with an OperationError. */
  async describe(disks: Pick<HardwareParts, 'disks' | 'volumes'>): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    const { spec, isolated } = wanted;
    const nics = wanted.nics.map(({ nic, network }) => ({
      macAddress: nic.macAddress,
      subnet: network.subnet,
    }));
    const hardware = describeHardware({ ...disks, vmUuid: spec.vmUuid, nics, isolated });
    const files = [...seedFiles(spec), { path: HARDWARE_PATH, text: hardware }];
    try {
      await this.calls.putArchive(await archiveOf(files), { path: '/' });
    } catch (error) {
      throw engineError(`describe the hardware of guest ${spec.name}`, error);
    }
  }

  /** Makes a running guest read again which disks it has; one that does not run will at its next boot. */
  async refreshDisks(): Promise<void> {
    try {
      const refresh = await this.calls.exec({
        Cmd: [DISKS_PROGRAM, 'refresh'],
        AttachStdout: true,
        AttachStderr: true,
      });
      const said = await text(await refresh.start({}));
      const { ExitCode: code } = await refresh.inspect();
      if (code === 0) return;
      throw new Error(`${DISKS_PROGRAM} refresh ended with ${String(code)}: ${said.trim()}`);
    } catch (error) {
      // 409: it is not running just now.
      if (!hasStatus(error, 409)) throw engineError('show a guest its disks', error);
    }
  }

  /** The address that the engine gave to a NIC; undefined = none. */
  async addressOn(network: string): Promise<string | undefined> {
    const { NetworkSettings: settings } = await this.calls.inspect();
    const address = settings.Networks[network]?.IPAddress;
    return address === '' ? undefined : address;
  }

  /** Removes container and volume, running or not. Rejects with an OperationError; may be repeated. */
  async remove(): Promise<void> {
    const { engine, name } = this.#parts;
    try {
      await this.calls.remove({ force: true, v: true }).catch(unlessGone);
      await engine.calls.getVolume(name).remove().catch(unlessGone);
      this.#made = false;
    } catch (error) {
      throw engineError(`remove guest ${name}`, error);
    }
  }

  async #make(wanted: Wanted, endpoint: Endpoint | undefined): Promise<void> {
    const { engine, name, image, labels } = this.#parts;
    await engine.calls.createVolume({ Name: name, Labels: labels });
    const { visibleCpus } = wanted;
    const parts = { name, image, volume: name, labels, visibleCpus, endpoint };
    await engine.calls.createContainer(containerOptions(wanted.spec, parts));
    this.#made = true;
    this.#endpoints = endpoint === undefined ? [] : [endpoint];
  }

  /** Connects the NICs that are not yet as wanted. */
  async #connect(wanted: readonly Endpoint[]): Promise<void> {
    const { calls } = this.#parts.engine;
    const stale = this.#endpoints.filter((old) => !wanted.some((one) => sameEndpoint(one, old)));
    for (const old of stale) {
      await calls
        .getNetwork(old.network)
        .disconnect({ Container: this.#parts.name, Force: true })
        .catch(unlessGone);
      this.#endpoints = this.#endpoints.filter((one) => one !== old);
    }
    for (const one of wanted) {
      if (this.#endpoints.some((old) => sameEndpoint(one, old))) continue;
      const options = { Container: this.#parts.name, EndpointConfig: endpointSettings(one) };
      await calls.getNetwork(one.network).connect(options);
      this.#endpoints = [...this.#endpoints, one];
    }
  }
}

function endpointsOf({ spec, nics }: Wanted): Endpoint[] {
  const endpoints = nics.map(({ nic, network }) => ({
    network: network.name,
    macAddress: nic.macAddress,
    address: nic.address,
    hostname: guestHostname(spec),
  }));
  if (new Set(endpoints.map(({ network }) => network)).size === endpoints.length) return endpoints;
  throw new OperationError({
    code: 'unsupported',
    attempted: `connect the NICs of guest ${spec.name}`,
    problem: 'two of them are on the same subnet, which a container cannot have',
    advice: 'Give the VM one NIC per subnet, or use emulated guests.',
  });
}

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.network === b.network &&
    a.macAddress === b.macAddress &&
    a.address === b.address &&
    a.hostname === b.hostname
  );
}

function unlessGone(error: unknown): void {
  if (!hasStatus(error, 404)) throw error;
}
