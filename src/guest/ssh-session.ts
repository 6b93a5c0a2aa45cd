import { pipeline, type Readable } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { abortReason, limitTimer } from '../support/index.js';
import { openTcp } from './tcp-connection.js';

/** How to log in to the guest, wherever it is. */
export interface GuestLogin {
  readonly user: string;
  readonly port: number;
  /** Text of the private key file. */
  readonly privateKey: string;
  /** From the TCP connection to the end of the login, ms; default 15 s. */
  readonly loginTimeout?: number | undefined;
}

export interface SshLogin extends GuestLogin {
  readonly host: string;
  /** Of the TCP connection, ms; default 3 s. */
  readonly connectTimeout?: number | undefined;
}

/** How far an attempt to log in came; `reachable` is true when the port was open. */
export type SshAttempt =
  | { readonly open: true; readonly session: SshSession }
  | {
      readonly open: false;
      readonly reachable: boolean;
      /** The server refused our key. */
      readonly refused: boolean;
      readonly seen: string;
    };

export interface CommandOptions {
  /** ms; default 30 s. Infinity = until `signal` is aborted. */
  readonly limit?: number | undefined;
  /** What the command reads from its standard input; undefined = the input stays open and empty. */
  readonly input?: string | Readable | undefined;
  /** Gets every piece of both output streams, as it comes; `CommandResult` has only the beginning of each. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

export interface CommandResult {
  /** undefined when the command was ended by a signal or the server gave no code. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A guest under load at boot takes several seconds for its key exchange. */
const LOGIN_TIMEOUT_MS = 15_000;
/** What is run here only looks at files; a guest that swaps or rotates its logs may need this long for it. */
const COMMAND_TIMEOUT_MS = 30_000;
/** More of a command's output is dropped: status texts are short, and a guest is not trusted to be. */
const OUTPUT_LIMIT = 64 * 1024;

/**
 * Connects and logs in once. The host key is accepted as it is and kept nowhere: a machine that was just made
 * has no known key, and cloud-init replaces the image's during the first boot.
 */
export async function openSsh(login: SshLogin, signal: AbortSignal): Promise<SshAttempt> {
  // Loaded here because it costs about 90 ms that commands without SSH need not pay.
  const ssh2 = (await import('ssh2')).default;
  const attempt = await openTcp(login.host, login.port, signal, login.connectTimeout);
  if (attempt.state !== 'connected') {
    return { open: false, reachable: false, refused: false, seen: attempt.seen };
  }
  if (signal.aborted) {
    attempt.socket.destroy();
    throw abortReason(signal);
  }
  const client = new ssh2.Client();
  return await new Promise<SshAttempt>((resolve, reject) => {
    const fail = (seen: string, refused = false): void =>
      finish(() => resolve({ open: false, reachable: true, refused, seen }));
    const onAbort = (): void => finish(() => reject(abortReason(signal)));
    const finish = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      client.removeAllListeners().on('error', () => undefined);
      settle();
      client.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('error', (error) => fail(seenOf(error, login.user), error.level === 'client-authentication'));
    client.on('close', () => fail('the connection was closed during the login'));
    client.on('ready', () => {
      signal.removeEventListener('abort', onAbort);
      client.removeAllListeners().on('error', () => undefined);
      resolve({ open: true, session: new SshSession(client) });
    });
    client.connect({
      sock: attempt.socket,
      username: login.user,
      privateKey: login.privateKey,
      readyTimeout: login.loginTimeout ?? LOGIN_TIMEOUT_MS,
    });
  });
}

/** An SSH login that was accepted. The caller of `openSsh` closes it. */
export class SshSession {
  constructor(private readonly client: Client) {}

  /**
   * Runs one command line in the user's shell. Rejects when it takes longer than its limit, the connection
   * breaks, or `signal` is aborted.
   */
  async run(
    command: string,
    signal: AbortSignal,
    { limit = COMMAND_TIMEOUT_MS, input, onOutput }: CommandOptions = {},
  ): Promise<CommandResult> {
    signal.throwIfAborted();
    return await new Promise<CommandResult>((resolve, reject) => {
      const late = new Error(`no answer to \`${command}\` within ${limit / 1000} s`);
      const timer = Number.isFinite(limit) ? limitTimer(limit, () => settle(() => reject(late))) : undefined;
      const onAbort = (): void => settle(() => reject(abortReason(signal)));
      const onClose = (): void => settle(() => reject(new Error('the SSH connection was closed')));
      const settle = (act: () => void): void => {
        timer?.clear();
        signal.removeEventListener('abort', onAbort);
        this.client.off('close', onClose);
        act();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.client.once('close', onClose);
      this.client.exec(command, (error, channel) => {
        if (error !== undefined) {
          settle(() => reject(error));
          return;
        }
        collect(channel, (result) => settle(() => resolve(result)), onOutput);
        if (typeof input === 'string') channel.end(input);
        // A stream that breaks ends the command with its input; the command's own end tells the rest.
        else if (input !== undefined)
          pipeline(input, channel, (failure) => failure && settle(() => reject(failure)));
      });
    });
  }

  close(): void {
    this.client.destroy();
  }
}

function collect(
  channel: ClientChannel,
  done: (result: CommandResult) => void,
  onOutput: (text: string) => void = () => undefined,
): void {
  let stdout = '';
  let stderr = '';
  let code: number | undefined;
  channel.setEncoding('utf8').on('data', (chunk: string) => {
    onOutput(chunk);
    if (stdout.length < OUTPUT_LIMIT) stdout += chunk;
  });
  channel.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    onOutput(chunk);
    if (stderr.length < OUTPUT_LIMIT) stderr += chunk;
  });
  channel.on('exit', (exitCode: number | null) => (code = exitCode ?? undefined));
  channel.on('close', () => done({ code, stdout, stderr }));
}

function seenOf(error: Error & { readonly level?: string }, user: string): string {
  switch (error.level) {
    case 'client-authentication':
      return `SSH answers, but does not yet accept the key of user "${user}"`;
    case 'client-timeout':
      return 'the port is open, but no SSH login came about';
    default:
      return `SSH: ${error.message}`;
  }
}
