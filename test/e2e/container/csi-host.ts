import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PRESET } from '../../../src/simulator/index.js';
import { CsiClient } from '../../csi/csi-client.js';
import { dist, ROOT } from '../machine.js';
import type { Simulator } from '../simulator.js';
import type { TestEngine } from './engine.js';

const SOCKET = '/run/nutanix-csi/csi.sock';
const madeShape = z.looseObject({ metadata: z.looseObject({ uuid: z.string() }) });
const vmShape = z.looseObject({
  status: z.looseObject({
    state: z.string(),
    resources: z.looseObject({ power_state: z.string() }).optional(),
  }),
});

/** A guest in which the driver runs, on a node of its own: its calls by gRPC, and a shell to look at what they did. */
export class CsiHost {
  readonly nodeId: string;
  readonly #engine: TestEngine;
  readonly #container: string;
  readonly #socketPath: string;
  #client: CsiClient;

  private constructor(engine: TestEngine, container: string, vmId: string) {
    this.#engine = engine;
    this.#container = container;
    this.nodeId = `vm/${vmId}`;
    const pid = engine.docker('inspect', '--format', '{{.State.Pid}}', container);
    // The socket is reached through the guest's root folder: unix sockets know no other kind of network.
    this.#socketPath = `/proc/${pid}/root${SOCKET}`;
    this.#client = new CsiClient(this.#socketPath);
  }

  /** Puts driver, settings and csi-sanity into the guest of this VM and starts the driver, both roles in one. */
  static async start(
    engine: TestEngine,
    simulator: Simulator,
    name: string,
    folder: string,
  ): Promise<CsiHost> {
    const vmId = await makeVm(simulator, name);
    const filter = `label=prism-simulator.vm=${vmId}`;
    const container = engine.docker('ps', '--quiet', '--filter', filter);
    engine.docker('cp', dist('nutanix-volume'), `${container}:/usr/local/bin/nutanix-volume`);
    engine.docker('cp', join(ROOT, '.tools/csi-sanity'), `${container}:/usr/local/bin/csi-sanity`);
    const host = new CsiHost(engine, container, vmId);
    host.run(
      'i=0; until systemctl is-system-running 2>/dev/null | grep -qE "running|degraded"; do i=$((i + 1)); [ $i -lt 600 ] || exit 1; sleep 0.2; done',
    );
    const gateway = host.run(
      "ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p; s/^10.77.*src \\([0-9.]*\\.\\)[0-9]* *$/\\11/p' | head -n 1",
    );
    const settings = join(folder, `${name}.yaml`);
    writeFileSync(settings, settingsText(simulator.env, gateway), { mode: 0o600 });
    host.run('mkdir -p /etc/nutanix-volume');
    engine.docker('cp', settings, `${container}:/etc/nutanix-volume/nutanix-volume.yaml`);
    host.run('chown 0:0 /etc/nutanix-volume/nutanix-volume.yaml');
    await host.startDriver();
    return host;
  }

  /** Starts the driver as a service of the guest, and waits until it answers. */
  async startDriver(): Promise<void> {
    const command = `nutanix-volume csi --verbose --role all --endpoint unix://${SOCKET}`;
    this.run(`systemd-run --quiet --collect --unit nutanix-csi ${command}`);
    this.run(`while [ ! -S ${SOCKET} ]; do systemctl is-active -q nutanix-csi || exit 1; sleep 0.1; done`);
    // A client of the driver before this one waits before it connects again.
    this.#client.close();
    this.#client = new CsiClient(this.#socketPath);
    await this.#client.ready();
    await this.#client.call('Probe');
  }

  get client(): CsiClient {
    return this.#client;
  }

  /** What a script writes; rejects unless it succeeds. */
  run(script: string): string {
    return this.#engine.docker('exec', this.#container, 'sh', '-c', script);
  }

  copyOut(path: string, to: string): void {
    this.#engine.docker('cp', `${this.#container}:${path}`, to);
  }
}

/** A VM that runs, made as somebody else would: the driver asks nothing of it. Resolves with its id. */
async function makeVm(simulator: Simulator, name: string): Promise<string> {
  const resources = {
    power_state: 'ON',
    memory_size_mib: 1024,
    nic_list: [{ subnet_reference: { kind: 'subnet', uuid: PRESET.managedSubnet.uuid } }],
  };
  const cluster = { kind: 'cluster', uuid: PRESET.cluster.uuid };
  const body = { metadata: { kind: 'vm' }, spec: { name, resources, cluster_reference: cluster } };
  const made = await simulator.call('POST', '/api/nutanix/v3/vms', body);
  const { uuid } = madeShape.parse(made).metadata;
  for (;;) {
    // Right after it was accepted a VM may not be there yet.
    const seen = await simulator.call('GET', `/api/nutanix/v3/vms/${uuid}`).catch(() => undefined);
    const { status } = seen === undefined ? { status: { state: 'PENDING' } } : vmShape.parse(seen);
    if (status.state === 'COMPLETE' && status.resources?.power_state === 'ON') return uuid;
    if (status.state === 'ERROR') throw new Error(`VM ${name} could not be made`);
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
