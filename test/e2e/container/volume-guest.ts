import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PRESET } from '../../../src/simulator/index.js';
import type { Simulator } from '../simulator.js';
import type { TestEngine } from './engine.js';

const madeShape = z.looseObject({ metadata: z.looseObject({ uuid: z.string() }) });
const vmShape = z.looseObject({
  spec: z.looseObject({ resources: z.looseObject({}) }),
  status: z.looseObject({
    state: z.string(),
    resources: z.looseObject({ power_state: z.string() }).optional(),
  }),
});

/** A VM with a guest that runs, made as somebody else would, with the settings of nutanix-volume: a shell in it, and its power. */
export class VolumeGuest {
  readonly #engine: TestEngine;
  readonly #simulator: Simulator;

  private constructor(
    engine: TestEngine,
    simulator: Simulator,
    readonly vmId: string,
    /** The guest's container. */
    readonly container: string,
  ) {
    this.#engine = engine;
    this.#simulator = simulator;
  }

  /** Resolves when the guest is up. `folder`: for files of the test. */
  static async start(
    engine: TestEngine,
    simulator: Simulator,
    name: string,
    folder: string,
    memoryMib = 1024,
  ): Promise<VolumeGuest> {
    const vmId = await makeVm(simulator, name, memoryMib);
    const container = engine.docker('ps', '--quiet', '--filter', `label=prism-simulator.vm=${vmId}`);
    const guest = new VolumeGuest(engine, simulator, vmId, container);
    guest.#awaitBoot();
    const gateway = guest.run(
      "ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p; s/^10.77.*src \\([0-9.]*\\.\\)[0-9]* *$/\\11/p' | head -n 1",
    );
    const settings = join(folder, `${name}.yaml`);
    writeFileSync(settings, settingsText(simulator.env, gateway), { mode: 0o600 });
    guest.run('mkdir -p /etc/nutanix-volume');
    // Tests start the engine again and again; systemd takes more than three starts in a minute for a loop.
    const unit = '/run/systemd/system/docker.service.d/often.conf';
    guest.run(
      `mkdir -p $(dirname ${unit}); printf '[Unit]\\nStartLimitIntervalSec=0\\n' >${unit}; systemctl daemon-reload`,
    );
    guest.copyIn(settings, '/etc/nutanix-volume/nutanix-volume.yaml');
    guest.run('chown 0:0 /etc/nutanix-volume/nutanix-volume.yaml');
    return guest;
  }

  /** What a script writes; throws unless it succeeds. */
  run(script: string): string {
    return this.#engine.docker('exec', this.container, 'sh', '-c', script);
  }

  /** Repeats a script until it succeeds; what it wrote then. `seconds`: a limit against hanging, unless given. */
  async until(script: string, seconds = 300): Promise<string> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      try {
        return this.run(script);
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }

  /** What its engine and the plugins in it have said last. */
  engineLog(): string {
    try {
      return this.run(
        `docker plugin ls; findmnt -rn -S /dev/sda || true; journalctl --unit docker --no-pager --lines 400 --output cat |
          grep -v 'level=info msg="loading plugin\\|No non-localhost DNS\\|v2 registry\\|next endpoint for pull\\|pulling image' |
          sed 's/T\\(..:..:..\\....\\)[0-9Z]*\\(" level=[a-z]*\\)/\\1\\2/' | cut -c 1-400 | tail -n 60`,
      );
    } catch (error) {
      return String(error);
    }
  }

  copyIn(from: string, path: string): void {
    this.#engine.docker('cp', from, `${this.container}:${path}`);
  }

  copyOut(path: string, to: string): void {
    this.#engine.docker('cp', `${this.container}:${path}`, to);
  }

  /** Pulls the plug of the VM. */
  async powerOff(): Promise<void> {
    const path = `/api/nutanix/v3/vms/${this.vmId}`;
    const seen = vmShape.parse(await this.#simulator.call('GET', path));
    const spec = { ...seen.spec, resources: { ...seen.spec.resources, power_state: 'OFF' } };
    const { metadata } = z.looseObject({ metadata: z.unknown() }).parse(seen);
    await this.#simulator.call('PUT', path, { metadata, spec });
    await vmIs(this.#simulator, this.vmId, 'OFF');
  }

  #awaitBoot(): void {
    this.run(
      'i=0; until systemctl is-system-running 2>/dev/null | grep -qE "running|degraded"; do i=$((i + 1)); [ $i -lt 1500 ] || exit 1; sleep 0.2; done',
    );
  }
}

/** Resolves with its id when it runs. */
async function makeVm(simulator: Simulator, name: string, memoryMib: number): Promise<string> {
  const resources = {
    power_state: 'ON',
    memory_size_mib: memoryMib,
    nic_list: [{ subnet_reference: { kind: 'subnet', uuid: PRESET.managedSubnet.uuid } }],
  };
  const cluster = { kind: 'cluster', uuid: PRESET.cluster.uuid };
  const body = { metadata: { kind: 'vm' }, spec: { name, resources, cluster_reference: cluster } };
  const made = await simulator.call('POST', '/api/nutanix/v3/vms', body);
  const { uuid } = madeShape.parse(made).metadata;
  await vmIs(simulator, uuid, 'ON');
  return uuid;
}

/** Right after it was accepted a VM may not be there yet. */
async function vmIs(simulator: Simulator, uuid: string, power: 'ON' | 'OFF'): Promise<void> {
  for (;;) {
    const seen = await simulator.call('GET', `/api/nutanix/v3/vms/${uuid}`).catch(() => undefined);
    const status = seen === undefined ? undefined : vmShape.parse(seen).status;
    if (status?.state === 'COMPLETE' && status.resources?.power_state === power) return;
    if (status?.state === 'ERROR') throw new Error(`VM ${uuid} is not ${power}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function settingsText(env: Readonly<Record<string, string>>, gateway: string): string {
  const endpoint = (env['NUTANIX_ENDPOINT'] ?? '').replace(/^[^:]*/, gateway);
  const port = env['NUTANIX_PORT'] ?? '';
  const entries = {
    endpoint,
    ...(port === '' || endpoint.includes(':') ? {} : { port: Number(port) }),
    username: env['NUTANIX_USERNAME'],
    password: env['NUTANIX_PASSWORD'],
    insecure: true,
    cluster: PRESET.cluster.name,
  };
  return JSON.stringify(entries);
}
