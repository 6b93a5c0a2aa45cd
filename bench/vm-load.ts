import { at, type PrismClient, type Reply } from './prism-client.js';

type Json = Readonly<Record<string, unknown>>;

const reference = (kind: string, uuid: string): Json => ({ kind, uuid });

/** UUIDs of the preset inventory that new VMs refer to. */
export interface Places {
  readonly cluster: string;
  readonly image: string;
  readonly subnet: string;
}

/** Looks the names of the simulator's environment up, as a client would. */
export async function findPlaces(
  client: PrismClient,
  env: Readonly<Record<string, string>>,
): Promise<Places> {
  const uuidOf = async (kind: string, name = ''): Promise<string> => {
    const { body } = await client.ask('POST', `/${kind}s/list`, { kind, filter: `name==${name}` });
    return String(at(body, 'entities', '0', 'metadata', 'uuid'));
  };
  return {
    cluster: await uuidOf('cluster', env['NUTANIX_CLUSTER']),
    image: await uuidOf('image', env['NUTANIX_VM_IMAGE']),
    subnet: await uuidOf('subnet', env['NUTANIX_VM_NETWORK']),
  };
}

export function vmBody({ cluster, image, subnet }: Places, name: string, resources: Json = {}): Json {
  return {
    metadata: { kind: 'vm' },
    spec: {
      name,
      cluster_reference: reference('cluster', cluster),
      resources: {
        num_sockets: 1,
        memory_size_mib: 512,
        disk_list: [{ data_source_reference: reference('image', image) }],
        nic_list: [{ subnet_reference: reference('subnet', subnet) }],
        ...resources,
      },
    },
  };
}

/** The task of an accepted change. */
export function taskOf({ body }: Reply): string {
  return String(at(body, 'status', 'execution_context', 'task_uuid'));
}

/** Counts a wrong status as an error, and tells of the first ones. */
export class Ledger {
  requests = 0;
  errors = 0;
  readonly latencies: number[] = [];

  /** `since` = when the request should have gone out, so that waiting for a slow server counts. */
  async count(since: number, wanted: number, exchange: Promise<Reply>): Promise<Reply | undefined> {
    this.requests += 1;
    try {
      const reply = await exchange;
      this.latencies.push(performance.now() - since);
      if (reply.status === wanted) return reply;
      this.fail(`status ${reply.status} instead of ${wanted}: ${JSON.stringify(reply.body).slice(0, 300)}`);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
    return undefined;
  }

  fail(problem: string): void {
    this.errors += 1;
    if (this.errors <= 3) console.error(`error: ${problem}`);
  }
}

/** What a fleet of clients asks of a Prism Central that holds many VMs; the same sequence in every run. */
export class MixedLoad {
  readonly #made: string[] = [];
  #turn = 0;

  constructor(
    private readonly client: PrismClient,
    private readonly ledger: Ledger,
    private readonly places: Places,
    /** VMs that are only read and switched; each is switched once before the first is again, so that no two switches of one overlap. */
    private readonly vms: readonly string[],
    /** The latest task that was seen. */
    private task: string,
  ) {}

  /** One turn of twenty: 10 reads, 4 lists, 3 task polls, a power change (read and update), create, delete. */
  async next(since: number): Promise<void> {
    const turn = this.#turn++;
    const vm = this.vms[(turn * 7) % this.vms.length] ?? '';
    switch (turn % 20) {
      case 0:
        return this.#create(since, turn);
      case 1:
        return this.#delete(since);
      case 2:
        return this.#switch(since, this.vms[Math.floor(turn / 20) % this.vms.length] ?? '');
      case 3:
      case 8:
        return this.#ask(since, 'POST', '/vms/list', {
          kind: 'vm',
          offset: turn % this.vms.length,
          length: 20,
        });
      case 13:
        return this.#ask(since, 'POST', '/vms/list', {
          kind: 'vm',
          filter: `vm_name==vm-${turn % this.vms.length}`,
        });
      case 18:
        return this.#ask(since, 'POST', '/vms/list', { kind: 'vm', sort_attribute: 'name', length: 20 });
      case 5:
      case 10:
      case 15:
        return this.#ask(since, 'GET', `/tasks/${this.task}`);
      default:
        return this.#ask(since, 'GET', `/vms/${vm}`);
    }
  }

  async #ask(since: number, method: string, path: string, body?: Json): Promise<void> {
    await this.ledger.count(since, 200, this.client.ask(method, path, body));
  }

  async #create(since: number, turn: number): Promise<void> {
    const body = vmBody(this.places, `load-${turn}`);
    const reply = await this.ledger.count(since, 202, this.client.ask('POST', '/vms', body));
    if (reply === undefined) return;
    this.task = taskOf(reply);
    this.#made.push(String(at(reply.body, 'metadata', 'uuid')));
  }

  /** Of a VM made some turns ago; before there is one, a read takes the place. */
  async #delete(since: number): Promise<void> {
    const vm = this.#made.length > 10 ? this.#made.shift() : undefined;
    if (vm === undefined) return this.#ask(since, 'GET', `/vms/${this.vms[0] ?? ''}`);
    await this.ledger.count(since, 202, this.client.ask('DELETE', `/vms/${vm}`));
  }

  async #switch(since: number, vm: string): Promise<void> {
    const reply = await this.ledger.count(since, 200, this.client.ask('GET', `/vms/${vm}`));
    const spec = at(reply?.body, 'spec');
    if (typeof spec !== 'object') return;
    const resources = at(spec, 'resources');
    if (typeof resources !== 'object') return;
    const state = at(resources, 'power_state') === 'ON' ? 'OFF' : 'ON';
    const changed = { ...spec, resources: { ...resources, power_state: state } };
    const body = { api_version: '3.1', metadata: at(reply?.body, 'metadata'), spec: changed };
    await this.ledger.count(performance.now(), 202, this.client.ask('PUT', `/vms/${vm}`, body));
  }
}
