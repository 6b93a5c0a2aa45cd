import { Client, utils } from 'ssh2';

/** A limit against hanging, ms: a guest on a busy machine needs some seconds to boot, or some more. */
const LIMIT = 300_000;

export interface CommandResult {
  readonly code: number | undefined;
  readonly output: string;
}

/** Logs in to guests as root over SSH, with a key that a test's user-data carry. */
export class GuestLogin {
  readonly publicKey: string;
  readonly #privateKey: string;

  constructor(
    /** Where guests' sshd listens. */
    readonly port = 22,
  ) {
    const { public: publicKey, private: privateKey } = utils.generateKeyPairSync('ed25519');
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  /** Runs one command that has to succeed, as soon as the guest lets us in; what it wrote to stdout. */
  async run(address: string, command: string): Promise<string> {
    const { code, output } = await this.attempt(address, command);
    if (code !== 0) throw new Error(`${command} at ${address} ended with ${String(code)}: ${output}`);
    return output;
  }

  async attempt(address: string, command: string): Promise<CommandResult> {
    const end = Date.now() + LIMIT;
    for (;;) {
      try {
        return await this.#once(address, command);
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Rejects only while the guest does not let us in; a command is run once. */
  #once(host: string, command: string): Promise<CommandResult> {
    const client = new Client();
    return new Promise<CommandResult>((resolve, reject) => {
      let output = '';
      let code: number | undefined;
      client.on('error', reject);
      client.on('ready', () => {
        client.exec(command, (error, channel) => {
          if (error !== undefined) {
            reject(error);
            return;
          }
          channel.on('data', (chunk: Buffer) => (output += chunk.toString()));
          channel.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
          channel.on('exit', (exitCode: number | null) => (code = exitCode ?? undefined));
          channel.on('close', () => client.end());
        });
      });
      // A guest that goes down takes the connection with it.
      client.on('close', () => resolve({ code, output: output.trimEnd() }));
      client.connect({
        host,
        port: this.port,
        username: 'root',
        privateKey: this.#privateKey,
        readyTimeout: 30_000,
      });
    }).finally(() => client.destroy());
  }
}
