import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { HeldCreates } from './held-creates.js';
import { dist, type Machine } from './machine.js';
import type { Outcome, Running } from './run.js';

export const NAMES = [1, 2, 3, 4, 5].map((number) => `web-${number}`);

/** Slow enough to be interrupted at any point, fast enough to be made many times. */
const pace = (creates: HeldCreates) => ({
  call: () => 40,
  queue: 100,
  task: (operation: string) => creates.duration(operation, 1_500, 300),
  learn: 50,
  shutdown: 2_000,
});

/** A declaration of five hosts, a simulator in this process, and one machine store. */
export class FleetOfFive {
  readonly folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  readonly file = join(this.folder, 'hosts.yaml');

  private constructor(
    readonly cloud: Cloud,
    readonly machine: Machine,
    /** Of VMs; those of the tests that come after one are not held. */
    readonly creates: HeldCreates,
  ) {
    this.declare('');
  }

  static async start(): Promise<FleetOfFive> {
    const creates = new HeldCreates();
    const cloud = await Cloud.start({ profile: pace(creates), clock: creates.clock });
    return new FleetOfFive(cloud, cloud.machine(), creates);
  }

  /** Writes the file; `more` are further lines at its top level. */
  declare(more: string): void {
    writeFileSync(this.file, `name: web\ngroups: [{ name: web, count: 5 }]\n${more}\n`);
  }

  start(command: string, environment: Readonly<Record<string, string>> = {}, ...options: string[]): Running {
    const machine = this.machine.withEnvironment(environment);
    return machine.startProgram(dist('nutanix-hosts'), command, '-f', this.file, ...options);
  }

  /** Resolves as soon as a fault has struck so often. */
  async struck(name: string, times: number): Promise<void> {
    const { simulator } = this.cloud;
    const count = (): number =>
      simulator.snapshot().faults.reduce((sum, fault) => sum + (fault.name === name ? fault.struck : 0), 0);
    while (count() < times) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** An apply in whose middle a create is, and stays until creates are released. */
  async applying(environment: Readonly<Record<string, string>> = {}): Promise<Running> {
    this.creates.hold();
    const run = this.start('apply', environment);
    await run.seen(/create VM "web-\d": \d+ %/);
    return run;
  }

  /** An apply after which all is as declared. */
  async applied(): Promise<Outcome> {
    const outcome = await this.start('apply').outcome;
    expect(outcome).toMatchObject({ code: 0 });
    expect(this.cloud.vmNames().sort()).toEqual(NAMES);
    return outcome;
  }

  /** Whatever has happened, `destroy` removes all of it. */
  async destroyed(): Promise<void> {
    this.cloud.simulator.clearFaults();
    this.creates.release();
    this.declare('');
    const { code, output } = await this.start('destroy', {}, '--yes').outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    // The reservation of a create that was killed before it had one in hand expires by itself.
    expect(this.cloud.left()).toMatchObject({ ...NOTHING_LEFT, reservations: expect.anything() as unknown });
    expect(await this.machine.run('ls', '-q')).toBe('');
  }

  /** VMs that no machine of the store knows, by the id or by the creation token in their ownership tag. */
  orphans(): string[] {
    const known = NAMES.map((name) => this.#configText(name)).join('\n');
    return this.cloud.simulator.vms().flatMap(({ uuid, name, description = '' }) => {
      const token = / (v\d[\w.:-]+)\]$/.exec(description)?.[1];
      const isKnown = known.includes(uuid) || (token !== undefined && known.includes(token));
      return isKnown ? [] : [name];
    });
  }

  #configText(name: string): string {
    try {
      return readFileSync(join(this.machine.store, 'machines', name, 'config.json'), 'utf8');
    } catch {
      return '';
    }
  }

  async close(): Promise<void> {
    rmSync(this.folder, { recursive: true });
    await this.cloud.close();
  }
}
