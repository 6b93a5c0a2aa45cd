import { limitTimer, OperationError } from '../support/index.js';
import type { OfferedService } from '../grpc/index.js';
import { PluginEnding, type PluginEnd } from './ending.js';
import { handshakeLine, isStartedByHost, readHostRequest, type Handshake } from './handshake.js';
import { HclogLog } from './hclog.js';
import { HostWatch } from './host-watch.js';
import { thisHostedProcess, type HostedProcess } from './hosted-process.js';
import { PluginListener } from './listener.js';

/** What a plugin serves beside what every plugin does. */
export interface ServedPlugin {
  readonly services: readonly OfferedService[];
  /** Brings what is under way to its end. Called once; the process ends when it is over, or `endLimitMs` later. */
  end(reason: OperationError): Promise<void>;
}

export interface PluginOptions {
  readonly handshake: Handshake;
  /** What a user is told who has started the plugin by hand; ends with a line feed. */
  readonly explain: () => Promise<string>;
  /** Makes what is served. Called when the address was said: what takes time to load is loaded here. */
  readonly load: (log: HclogLog) => Promise<ServedPlugin>;
  /** How long `end` may take, ms. */
  readonly endLimitMs: number;
  readonly process?: HostedProcess | undefined;
}

/** How long a slow host gets for the last log lines, ms. */
const LOG_LIMIT_MS = 200;

/**
 * The whole life of a plugin of HashiCorp's go-plugin; resolves to the exit code. It says where it listens, and serves
 * until its host ends it, is gone, or a signal comes; then what is under way is brought to its end. Without the host's
 * cookie it explains itself to a user.
 */
export async function servePlugin(options: PluginOptions): Promise<number> {
  const own = options.process ?? thisHostedProcess;
  const startedBy = own.parent();
  const log = new HclogLog(own.errors());
  if (!isStartedByHost(options.handshake, own.environment)) {
    const errors = own.errors();
    errors.write(Buffer.from(await options.explain()), false);
    await errors.flush(LOG_LIMIT_MS);
    return 1;
  }
  own.onFault((fault) => log.error(`internal fault: ${faultText(fault)}`));
  let listener: PluginListener | undefined;
  try {
    listener = await sayAddress(options.handshake, own);
    return await serve(options, { own, startedBy, log, listener });
  } catch (thrown) {
    log.error(OperationError.from(thrown, 'start the plugin').message);
    return 1;
  } finally {
    listener?.close();
    await log.flush(LOG_LIMIT_MS);
  }
}

/** A plugin whose host knows where it listens. */
interface StartedPlugin {
  readonly own: HostedProcess;
  /** The process that is the host, or has started it for the host. */
  readonly startedBy: number;
  readonly log: HclogLog;
  readonly listener: PluginListener;
}

/** Listens, and tells the host where. */
async function sayAddress({ protocolVersion }: Handshake, own: HostedProcess): Promise<PluginListener> {
  const request = readHostRequest(own.environment);
  const { hostCertificate } = request;
  // Cryptography is slow to load, and few hosts want it.
  const tls =
    hostCertificate === undefined ? undefined : (await import('./mutual-tls.js')).mutualTls(hostCertificate);
  const listener = new PluginListener(tls?.server);
  const address = await listener.listen(request, own.network);
  own.sayAddress(handshakeLine(protocolVersion, address, tls?.certificate, request.asksForMultiplexing));
  return listener;
}

/** Serves until the end has come, and what was under way has come to its own. */
async function serve(
  { load, endLimitMs }: PluginOptions,
  { own, startedBy, log, listener }: StartedPlugin,
): Promise<number> {
  const ending = new PluginEnding(log);
  own.onSignal((name, number) => ending.signal(name, number));
  const watch = new HostWatch({
    startedBy,
    parent: () => own.parent(),
    connections: () => listener.connections,
    onGone: (reason) => ending.end({ exitCode: 1, reason }),
  });
  try {
    await listener.accept();
    const plugin = await load(log);
    const { openServer } = await import('./plugin-server.js');
    const server = openServer({
      services: plugin.services,
      listener,
      onShutdown: async () => {
        ending.end({ exitCode: 0, reason: 'the host ends' });
        await ending.woundUp;
      },
    });
    const end = await ending.begun;
    log.debug(`ending: ${end.reason}`);
    await windUp(plugin, ending, end, endLimitMs, log);
    ending.hasWoundUp();
    await server.close();
    return end.exitCode;
  } finally {
    watch.stop();
    ending.stop();
  }
}

async function windUp(
  plugin: ServedPlugin,
  ending: PluginEnding,
  { reason }: PluginEnd,
  limitMs: number,
  log: HclogLog,
): Promise<void> {
  const error = new OperationError({ code: 'cancelled', attempted: 'serve the host', problem: reason });
  let timer: ReturnType<typeof limitTimer> | undefined;
  const tooLong = new Promise<false>((resolve) => {
    timer = limitTimer(limitMs, () => resolve(false));
  });
  const ended = plugin.end(error).then(
    () => true,
    (thrown: unknown) => {
      log.error(OperationError.from(thrown, 'end the plugin').message);
      return true;
    },
  );
  const isWhole = await Promise.race([ended, tooLong, ending.insisted.then(() => false)]);
  timer?.clear();
  if (!isWhole) log.warn('ending although what is under way has not come to its end');
}

function faultText(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}
