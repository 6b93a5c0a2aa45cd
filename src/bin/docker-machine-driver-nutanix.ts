#!/usr/bin/env node
import { hostname } from 'node:os';
import { runPlugin, type CloudModules } from '../libmachine/index.js';
import { VERSION } from '../process/index.js';

/** Flags to be named in advice about connections. */
const settingNames = {
  fingerprint: '--nutanix-fingerprint',
  authorities: '--nutanix-ca-file',
  insecure: '--nutanix-insecure',
  proxy: '--nutanix-proxy',
  api: '--nutanix-api',
};

/** For the ownership tag. `os.userInfo()` is of no use: the packaged runtime only reads USER. */
function origin(): string {
  const names = ['USER', 'LOGNAME', 'USERNAME'].map((name) => process.env[name] ?? '');
  const user = names.find((name) => name !== '') ?? `uid-${process.getuid?.() ?? 'unknown'}`;
  return `${user}@${hostname()}`;
}

/** Loaded on first use: a client waits for the address line, and most calls never reach the cloud. */
const cloud: CloudModules = {
  connect: async (connection, context) => {
    const { createPrismProvider } = await import('../prism/index.js');
    const userAgent = `docker-machine-driver-nutanix/${VERSION}`;
    return createPrismProvider(connection, { ...context, userAgent, settingNames, origin: origin() });
  },
  lifecycle: async (provider, { logger, clock }) => {
    const { createHostLifecycle } = await import('../host/index.js');
    return createHostLifecycle({ provider, logger, clock, addressNetworkOption: '--nutanix-ip-network' });
  },
  guestAnswers: async (address, ports, signal) => {
    const { guestAnswers } = await import('../host/index.js');
    return await guestAnswers(address, ports, signal);
  },
};

void runPlugin({ cloud, version: VERSION }).then((exitCode) => process.exit(exitCode));
