import { runPlugin, type PluginProcess } from '../../src/libmachine/index.js';
import type { LineSink } from '../../src/logging/index.js';
import { FakeCloud } from './fake-cloud.js';
import { PluginClient } from './plugin-client.js';

class MemorySink implements LineSink {
  readonly broken = false;
  text = '';
  #wake: () => void = () => undefined;

  write(line: Buffer): void {
    this.text += line.toString();
    this.#wake();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  /** Resolves when something has been written. */
  async written(): Promise<void> {
    if (this.text === '') await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

export interface ProcessOptions {
  readonly arguments?: readonly string[];
  readonly environment?: Record<string, string>;
}

/** The plugin inside this process, with a fake cloud, reached over a real socket. */
export class MemoryProcess implements PluginProcess {
  readonly cloud = new FakeCloud();
  readonly arguments: readonly string[];
  readonly environment: Record<string, string>;
  readonly stdout = new MemorySink();
  readonly stderr = new MemorySink();
  readonly exitCode: Promise<number>;
  parentPid = 4711;
  /** The client's command line. */
  clientArguments: readonly string[] = [];
  #signal: (name: string, number: number) => void = () => undefined;
  #fault: (error: unknown) => void = () => undefined;
  readonly #clients: PluginClient[] = [];

  constructor(options: ProcessOptions = {}) {
    this.arguments = options.arguments ?? [];
    this.environment = { MACHINE_PLUGIN_TOKEN: '42', ...options.environment };
    this.exitCode = runPlugin({ cloud: this.cloud, version: '0.0.0', process: this });
  }

  folder(): string {
    return process.cwd();
  }

  output(descriptor: 1 | 2): LineSink {
    return descriptor === 1 ? this.stdout : this.stderr;
  }

  parent(): number {
    return this.parentPid;
  }

  parentArguments(): readonly string[] {
    return this.clientArguments;
  }

  onSignal(listener: (name: string, number: number) => void): void {
    this.#signal = listener;
  }

  onFault(listener: (error: unknown) => void): void {
    this.#fault = listener;
  }

  kill(name: string, number: number): void {
    this.#signal(name, number);
  }

  fault(error: unknown): void {
    this.#fault(error);
  }

  async connect(): Promise<PluginClient> {
    await this.stdout.written();
    const client = await PluginClient.connect(this.stdout.text.split('\n')[0] ?? '');
    this.#clients.push(client);
    return client;
  }

  /** Lines for the person, without the address. */
  get shown(): string[] {
    return this.stdout.text.split('\n').slice(1, -1);
  }

  /** Ends the plugin; its clients too. */
  async end(): Promise<number> {
    for (const client of this.#clients) client.close();
    this.kill('SIGTERM', 15);
    this.kill('SIGTERM', 15);
    return await this.exitCode;
  }
}
