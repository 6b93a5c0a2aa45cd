#!/usr/bin/env node
import { hostname, userInfo } from 'node:os';
import { runPlugin, VERSION, type Backend } from '../libmachine/index.js';

/** Flags to be named when a certificate is not trusted. */
const trustSettings = {
  fingerprint: '--nutanix-fingerprint',
  authorities: '--nutanix-ca-file',
  anybody: '--nutanix-insecure',
};

/** A process in a container may have a user number that no name belongs to. */
function origin(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return hostname();
  }
}

/** Loaded on first use: a client waits for the address line, and most calls never reach the cloud. */
const backend: Backend = {
  connect: async (connection, { logger, clock }) => {
    const { createPrismProvider } = await import('../prism/index.js');
    const userAgent = `docker-machine-driver-nutanix/${VERSION}`;
    return createPrismProvider(connection, { logger, clock, userAgent, trustSettings, origin: origin() });
  },
  lifecycle: async (provider, { logger, clock }) => {
    const { createHostLifecycle } = await import('../host/index.js');
    return createHostLifecycle({ provider, logger, clock });
  },
};

void runPlugin({ backend, version: VERSION }).then((exitCode) => process.exit(exitCode));
