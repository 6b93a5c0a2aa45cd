#!/usr/bin/env node
import { runPlugin, thisProcess, type CloudModules, type PluginProcess } from '../libmachine/index.js';
import type { SharedConnections } from '../prism/index.js';
import { quickPeerLookUp, userAtComputer, VERSION } from '../process/index.js';
import { systemClock } from '../support/index.js';

/** Flags to be named in advice about connections. */
const settingNames = {
  fingerprint: '--nutanix-fingerprint',
  authorities: '--nutanix-ca-file',
  insecure: '--nutanix-insecure',
  proxy: '--nutanix-proxy',
  api: '--nutanix-api',
};

/** What the sessions of an agent share; made with the first connection. */
let shared: SharedConnections | undefined;
/** Sessions of this process that run: one, unless it is an agent. */
let sessions = 0;

/** Asking the runtime for a module that it has already takes its time too, which an agent would spend for each session. */
function once<M>(load: () => Promise<M>): () => Promise<M> {
  let loaded: Promise<M> | undefined;
  return async () => await (loaded ??= load());
}

const prism = once(async () => await import('../prism/index.js'));
const host = once(async () => await import('../host/index.js'));

/** Loaded on first use: a client waits for the address line, and most calls never reach the cloud. */
const cloud: CloudModules = {
  connect: async (connection, context) => {
    const { createPrismProvider, SharedConnections } = await prism();
    const userAgent = `docker-machine-driver-nutanix/${VERSION}`;
    if (isAgent) shared ??= new SharedConnections(context.clock, () => sessions);
    const own = { userAgent, settingNames, origin: userAtComputer(context.environment), shared };
    return createPrismProvider(connection, { ...context, ...own });
  },
  lifecycle: async (provider, { logger, clock }) => {
    const { createHostLifecycle } = await host();
    return createHostLifecycle({ provider, logger, clock, addressNetworkOption: '--nutanix-ip-network' });
  },
  guestAnswers: async (address, ports, signal) => {
    const { guestAnswers } = await host();
    return await guestAnswers(address, ports, signal);
  },
};

const [command, socketPath = ''] = process.argv.slice(2);
const isAgent = command === 'agent' && process.env['MACHINE_PLUGIN_TOKEN'] === undefined;

/** Once for the agent; a plugin of its own has one connection, for which it is not worth its start. */
let peerLookUp: ReturnType<typeof quickPeerLookUp> | undefined;

async function serve(own?: PluginProcess): Promise<number> {
  sessions += 1;
  try {
    return await runPlugin({
      cloud,
      version: VERSION,
      process: own,
      onListening: startAgentForOthers,
      peerLookUp,
    });
  } finally {
    sessions -= 1;
  }
}

/** The launcher names the place where it found no agent. */
function startAgentForOthers(): void {
  const { NUTANIX_AGENT_SOCKET: place } = process.env;
  if (isAgent || place === undefined) return;
  void import('../agent/index.js').then(({ startAgent }) => startAgent(process.execPath, place, process.env));
}

async function runAsAgent(): Promise<number> {
  const { runAgent } = await import('../agent/index.js');
  peerLookUp = quickPeerLookUp();
  const onFault = (listener: (error: unknown) => void): void => {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  };
  const onSignal = (listener: () => void): void => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, listener);
  };
  return await runAgent({
    socketPath,
    serve,
    clock: systemClock,
    onFault,
    onSignal,
  });
}

/** The launcher has become this program, and its client is here already. */
async function serveInherited(handed: string): Promise<number> {
  const { inheritedClients } = await import('../agent/index.js');
  return await serve({ ...thisProcess, clients: inheritedClients(handed) });
}

const { NUTANIX_LAUNCHER: handed } = process.env;
const isInherited = handed !== undefined && !isAgent;
void (isAgent ? runAsAgent() : isInherited ? serveInherited(handed) : serve()).then((exitCode) =>
  process.exit(exitCode),
);
