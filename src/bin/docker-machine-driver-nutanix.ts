#!/usr/bin/env node
import { runPlugin, VERSION, type Backend } from '../libmachine/index.js';

/** Flags to be named when a certificate is not trusted. */
const trustSettings = {
  fingerprint: '--nutanix-fingerprint',
  authorities: '--nutanix-ca-file',
  anybody: '--nutanix-insecure',
};

/** Loaded on first use: a client waits for the address line, and most calls never reach the cloud. */
const backend: Backend = {
  connect: async (connection, { logger, clock }) => {
    const { createPrismProvider } = await import('../prism/index.js');
    const userAgent = `docker-machine-driver-nutanix/${VERSION}`;
    return createPrismProvider(connection, { logger, clock, userAgent, trustSettings });
  },
  lifecycle: async (provider, { logger, clock }) => {
    const { createHostLifecycle } = await import('../host/index.js');
    return createHostLifecycle({ provider, logger, clock });
  },
};

void runPlugin({ backend, version: VERSION }).then((exitCode) => process.exit(exitCode));
