import { stringify as toYaml } from 'yaml';
import type { BlockDevices, Mounts } from '../disks/index.js';
import type { System } from '../os/process.js';
import { readConfiguration, type Configuration } from './configuration.js';
import { makeFileSystems, applyMounts } from './file-systems.js';
import { writeFiles } from './files.js';
import { applyHostname } from './hostname.js';
import { instanceOf, type Instance } from './instance.js';
import { list, texts, truth } from './narrow.js';
import { commandScript, runScript, runText } from './scripts.js';
import { changePower, decidePowerChange, type PowerChange } from './power-state.js';
import { applySshKeys, applyUsers } from './users.js';
import { warnOfUnemulated } from './unemulated.js';
import type { CloudInitStatus } from './status.js';

const INSTANCE_ID = '/var/lib/cloud/data/instance-id';

/** What cloud-init sees of the guest. */
export interface CloudInitSystem extends System {
  readonly disks: BlockDevices;
  readonly mounts: Mounts;
  readonly cloudInit: CloudInitStatus;
}

/** cloud-init of one boot. What it does once per instance it does not again at later boots. */
export class CloudInit {
  readonly #system: CloudInitSystem;

  readonly #instance: Instance;
  readonly #configuration: Configuration;
  readonly #first: boolean;

  constructor(system: CloudInitSystem) {
    this.#system = system;

    const { fs, spec } = system;
    this.#instance = instanceOf(spec);
    this.#configuration = readConfiguration(spec.userData, this.#instance);
    const before = fs.find(INSTANCE_ID) === undefined ? '' : fs.readText(INSTANCE_ID).trim();
    this.#first = before !== this.#instance.id;
  }

  /** Up to the moment at which sshd may start: host name, users, keys, files, bootcmd. */
  async early(): Promise<void> {
    const system = this.#system;
    const { config, boothooks, warnings } = this.#configuration;
    const status = this.#status;
    status.begin();
    status.warnings.push(...warnings);
    this.#keepUserData();
    for (const { name, text } of boothooks) await this.#run(`boothook ${name}`, () => runText(system, text));
    if (config['bootcmd'] !== undefined) {
      await this.#run('bootcmd', () => runText(system, commandScript(config['bootcmd'])));
    }
    if (!this.#first) return;
    warnOfUnemulated(system, config);
    status.warnings.push(...writeFiles(system, config, false));
    status.warnings.push(...makeFileSystems(system, config), ...applyMounts(system, config));
    applyHostname(system, config, this.#instance);
    status.warnings.push(...applyUsers(system, config));
    applySshKeys(system, config, this.#instance);
    system.fs.writeFile(INSTANCE_ID, `${this.#instance.id}\n`);
  }

  /** The final stage: packages, deferred files, runcmd, scripts, power state. */
  async late(): Promise<void> {
    const system = this.#system;
    const status = this.#status;
    const { config, scripts } = this.#configuration;
    let change: PowerChange | string | undefined;
    if (this.#first) {
      await this.#installPackages();
      status.warnings.push(...writeFiles(system, config, true));
      if (list(config['runcmd']).length > 0) {
        await this.#run('runcmd', () => runScript(system, 'runcmd', commandScript(config['runcmd'])));
      }
      for (const { name, text } of scripts)
        await this.#run(name, () => runScript(system, name, text.trimStart()));
      change = await decidePowerChange(system, config);
    }
    if (typeof change === 'string') status.warnings.push(change);
    status.finish(system.uptime);
    system.journal.add(
      'cloud-init',
      `finished, ${status.errors.length} errors, ${status.warnings.length} warnings`,
    );
    if (typeof change === 'object') changePower(system, change);
  }

  get #status() {
    return this.#system.cloudInit;
  }

  #keepUserData(): void {
    const { fs, spec } = this.#system;
    fs.mkdirs('/var/lib/cloud/instance');
    fs.mkdirs('/var/lib/cloud/data');
    fs.writeFile('/var/lib/cloud/instance/user-data.txt', spec.userData ?? '', undefined, 0o600);
    const merged = toYaml(this.#configuration.config);
    fs.writeFile('/var/lib/cloud/instance/cloud-config.txt', `#cloud-config\n${merged}`, undefined, 0o600);
    fs.writeFile('/run/cloud-init/instance-data.json', '{}\n');
  }

  async #installPackages(): Promise<void> {
    const { config } = this.#configuration;
    const wanted = texts(config['packages']);
    const update = truth(config['package_update'], wanted.length > 0);
    if (update) await this.#run('package_update', () => runText(this.#system, 'apt-get -y update\n'));
    if (wanted.length === 0) return;
    const script = commandScript([['apt-get', '-y', 'install', ...wanted]]);
    await this.#run('package-update-upgrade-install', () => runText(this.#system, script));
  }

  /** A failing step is an error of cloud-init; the steps after it still run. */
  async #run(what: string, step: () => Promise<number>): Promise<void> {
    let problem: string;
    try {
      const status = await step();
      if (status === 0) return;
      problem = `exit status ${status}`;
    } catch (error) {
      this.#system.signal.throwIfAborted();
      problem = error instanceof Error ? error.message : String(error);
    }
    this.#status.errors.push(`('${what}', ${problem})`);
    this.#system.journal.add('cloud-init', `Failed to run module ${what}: ${problem}`);
  }
}
