import { randomUUID } from 'node:crypto';
import type { Mounts } from '../disks/index.js';
import type { System } from '../os/process.js';
import type { EngineOptions } from './engine-options.js';
import { apiVersionOf } from './engine-version.js';

/** A running emulated engine, as its API sees it. It runs no containers. */
export interface Engine {
  readonly system: System;
  readonly mounts: Mounts;
  readonly options: EngineOptions;
  readonly version: string;
  readonly apiVersion: string;
  /** Kept in the data directory over restarts, as real engines do. */
  readonly id: string;
}

export function createEngine(parts: Pick<Engine, 'system' | 'mounts' | 'options' | 'version'>): Engine {
  const { system, options, version } = parts;
  return { ...parts, apiVersion: apiVersionOf(version), id: engineId(system, options.dataRoot) };
}

function engineId({ fs }: System, dataRoot: string): string {
  const path = `${dataRoot}/engine-id`;
  fs.mkdirs(dataRoot).mode = 0o710;
  if (fs.find(path) === undefined) fs.writeFile(path, randomUUID(), undefined, 0o600);
  return fs.readText(path);
}
