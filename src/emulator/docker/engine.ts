import { randomUUID } from 'node:crypto';
import type { Mounts } from '../disks/index.js';
import { isOlder } from '../os/distribution.js';
import type { System } from '../os/process.js';
import type { EngineOptions } from './engine-options.js';

/** API versions by engine release, newest first; an engine has the first one it reaches. */
const API_VERSIONS: readonly (readonly [release: string, api: string])[] = [
  ['28.2', '1.50'],
  ['28.1', '1.49'],
  ['28.0', '1.48'],
  ['27.2', '1.47'],
  ['27.0', '1.46'],
  ['26.0', '1.45'],
  ['25.0', '1.44'],
  ['24.0', '1.43'],
  ['23.0', '1.42'],
  ['20.10', '1.41'],
  ['19.3', '1.40'],
];

export const MIN_API_VERSION = '1.24';

/** No real build has this id: it shows that the engine is an emulated one. */
export const GIT_COMMIT = 'emulated';

export function apiVersionOf(engineVersion: string): string {
  return API_VERSIONS.find(([release]) => !isOlder(engineVersion, release))?.[1] ?? '1.39';
}

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
