import type { MemoryFileSystem } from '../filesystem/index.js';

export type CloudInitState = 'not started' | 'running' | 'done';

const STATUS_FILE = '/run/cloud-init/status.json';
const RESULT_FILE = '/run/cloud-init/result.json';
const FINISHED_FILE = '/var/lib/cloud/instance/boot-finished';
const DATA_SOURCE = 'DataSourceConfigDrive [net,ver=2][source=/dev/sr0]';

/** cloud-init's state of this boot, and the files that say the same. */
export class CloudInitStatus {
  readonly #fs: MemoryFileSystem;

  state: CloudInitState = 'not started';
  readonly errors: string[] = [];
  /** Faults it survived: `degraded done`, exit status 2 of `cloud-init status` from version 23.4. */
  readonly warnings: string[] = [];
  #wake: (() => void)[] = [];

  constructor(fs: MemoryFileSystem) {
    this.#fs = fs;
  }

  get dataSource(): string {
    return DATA_SOURCE;
  }

  begin(): void {
    this.state = 'running';
    this.#fs.mkdirs('/run/cloud-init');
    if (this.#fs.find(FINISHED_FILE) !== undefined) this.#fs.remove(FINISHED_FILE);
    this.#write();
  }

  finish(uptime: number): void {
    this.state = 'done';
    this.#write();
    const result = { v1: { datasource: DATA_SOURCE, errors: this.errors } };
    this.#fs.writeFile(RESULT_FILE, `${JSON.stringify(result, undefined, 1)}\n`);
    const seconds = (uptime / 1000).toFixed(2);
    this.#fs.writeFile(FINISHED_FILE, `${seconds} - ${new Date().toUTCString()} - v. emulated\n`);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Resolves when cloud-init has ended; rejects with the signal's reason. */
  async finished(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.state === 'done') return;
    await new Promise<void>((resolve, reject) => {
      const interrupted = () => reject(new Error('interrupted', { cause: signal.reason }));
      this.#wake.push(() => {
        signal.removeEventListener('abort', interrupted);
        resolve();
      });
      signal.addEventListener('abort', interrupted, { once: true });
    });
  }

  #write(): void {
    const stage = { errors: this.errors, recoverable_errors: { WARNING: this.warnings } };
    const v1 = {
      datasource: DATA_SOURCE,
      stage: this.state === 'running' ? 'modules-final' : null,
      'modules-final': stage,
    };
    this.#fs.writeFile(STATUS_FILE, `${JSON.stringify({ v1 }, undefined, 1)}\n`);
  }
}
