import ssh2, { type BaseAgent, type Client, type ClientChannel, type SFTPWrapper } from 'ssh2';

export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

/** An ed25519 pair that can be read (ssh2 makes one in 256 that cannot). */
export function makeKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly privateKey?: string | undefined;
  readonly agent?: BaseAgent | undefined;
}

export interface Ran {
  /** null when the connection ended before the program did. */
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Resolves when logged in; rejects with ssh2's error. */
export function connect(target: Target): Promise<Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client));
    // Stays: what happens to the connection later shows in what is asked of it.
    client.on('error', (error) => {
      client.destroy();
      reject(error);
    });
    const { privateKey, agent, ...rest } = target;
    const key = privateKey === undefined ? {} : { privateKey };
    client.connect({ ...rest, ...key, ...(agent === undefined ? {} : { agent }), readyTimeout: 10_000 });
  });
}

export function exec(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error === undefined) resolve(channel);
      else reject(error);
    });
  });
}

/** Runs a command to its end with the given input. */
export function runOver(client: Client, command: string, input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      // At once: all the server has to say may be in the packet that is being read.
      resolve(finished(channel));
      channel.end(input);
    });
  });
}

function finished(channel: ClientChannel): Promise<Ran> {
  let [out, err] = ['', ''];
  let status: number | null = null;
  channel.on('data', (chunk: Buffer) => (out += chunk.toString()));
  channel.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  channel.on('exit', (code: number | null) => (status = code));
  return new Promise((resolve) => channel.on('close', () => resolve({ status, out, err })));
}

export function openShell(client: Client): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.shell((error, channel) => {
      if (error === undefined) resolve(channel);
      else reject(error);
    });
  });
}

export function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error === undefined) resolve(sftp);
      else reject(error);
    });
  });
}
