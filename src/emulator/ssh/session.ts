import type { ServerChannel, Session } from 'ssh2';
import type { StandardStreams, System } from '../os/process.js';
import { InputStream, OutputStream } from '../os/streams.js';
import type { Login } from './authentication.js';
import { channelSink, channelSource } from './channel-streams.js';
import { restoreClassName } from './library-gaps.js';
import { interactiveShell, guarded, loginProcess, runCommand, type LoginOptions } from './login-process.js';
import { serveSftp } from './sftp.js';
import { Terminal } from './terminal.js';

/** Environment variables a client may set (sshd_config's AcceptEnv of Debian). */
const ACCEPTED_ENV = /^(LANG|LC_[A-Z]+|TERM)$/;
const MAX_VARIABLES = 32;
const ENDING_SIGNALS = new Set(['INT', 'TERM', 'KILL', 'HUP', 'QUIT']);

/** Serves one session of a connection: a command, a shell, or SFTP. */
export function serveSession(system: System, login: Login, session: Session): void {
  restoreClassName(session);
  const env = new Map<string, string>();
  const ended = new AbortController();
  const signal = AbortSignal.any([system.signal, ended.signal]);
  let pty = false;
  const start = (channel: ServerChannel, command: string | undefined) => {
    const line = login.forcedCommand ?? command;
    if (line !== undefined && login.forcedCommand !== undefined)
      env.set('SSH_ORIGINAL_COMMAND', command ?? '');
    channel.once('close', () => ended.abort());
    channel.on('error', () => ended.abort());
    void serveChannel(system, login, channel, line, { env, signal, terminal: pty });
  };
  session.on('env', (accept, reject, { key, val }) => {
    const allowed = ACCEPTED_ENV.test(key) && env.size < MAX_VARIABLES;
    if (allowed) env.set(key, val);
    optional(allowed ? accept : reject);
  });
  session.on('pty', (accept) => {
    pty = true;
    accept();
  });
  session.on('window-change', (accept) => optional(accept));
  session.on('signal', (accept, _reject, { name }) => {
    if (ENDING_SIGNALS.has(name)) ended.abort();
    optional(accept);
  });
  session.on('exec', (accept, _reject, { command }) => start(accept(), command));
  session.on('shell', (accept) => start(accept(), undefined));
  session.on('sftp', (accept, reject) => {
    if (login.forcedCommand !== undefined) reject();
    else serveSftp(system, login.user, accept());
  });
  session.on('close', () => ended.abort());
}

/** ssh2 leaves the callback out when the client wants no reply, whatever its types say. */
function optional(accept: (() => unknown) | undefined): void {
  accept?.();
}

async function serveChannel(
  system: System,
  login: Login,
  channel: ServerChannel,
  command: string | undefined,
  options: Omit<LoginOptions, 'streams'>,
): Promise<void> {
  const terminal = options.terminal ? new Terminal(channelSource(channel), channelSink(channel)) : undefined;
  const streams = terminal?.streams ?? plainStreams(channel);
  const process = loginProcess(system, login.user, { ...options, streams });
  const status =
    command === undefined
      ? await guarded(process, () => interactiveShell(process, terminal))
      : await runCommand(process, command);
  if (channel.destroyed || !channel.writable) return;
  channel.exit(status & 0xff);
  channel.end();
}

function plainStreams(channel: ServerChannel): StandardStreams {
  return {
    stdin: new InputStream(channelSource(channel)),
    stdout: new OutputStream(channelSink(channel)),
    stderr: new OutputStream(channelSink(channel, channel.stderr)),
  };
}
