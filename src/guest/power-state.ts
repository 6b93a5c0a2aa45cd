import { isMap, parseDocument } from 'yaml';
import { isList, isPlainMap } from './guest-setup.js';
import { AS_CLOUD_INIT } from './yaml-graft.js';

/** What `power_state` of a cloud-config does to the guest when cloud-init has ended, once per instance. */
export interface PowerState {
  readonly mode: 'reboot' | 'poweroff' | 'halt';
  /** `command`: only the guest can tell, when it has run it. */
  readonly condition: 'always' | 'command';
  /** How long cloud-init may take to end before the change is made all the same, ms. */
  readonly timeout: number;
}

/** cloud-init's default for `timeout`, ms. */
const DEFAULT_TIMEOUT_MS = 30_000;
const MODES = ['reboot', 'poweroff', 'halt'] as const;

/**
 * Reads the `power_state` of a cloud-config as cloud-init does; undefined where there is none that has an effect,
 * or the text cannot be read: cloud-init ignores such a one with a warning.
 */
export function powerStateOf(cloudConfig: string): PowerState | undefined {
  const document = parseDocument(cloudConfig, AS_CLOUD_INIT);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const found = document.contents.get('power_state', true);
  const state: unknown = isMap(found) ? found.toJS(document) : undefined;
  if (!isPlainMap(state)) return undefined;
  const mode = MODES.find((known) => known === state['mode']);
  const condition = conditionOf(state['condition']);
  if (mode === undefined || condition === 'never') return undefined;
  const seconds = Number(state['timeout'] ?? Number.NaN);
  return { mode, condition, timeout: Number.isFinite(seconds) ? seconds * 1000 : DEFAULT_TIMEOUT_MS };
}

function conditionOf(value: unknown): 'always' | 'command' | 'never' {
  if (value === undefined || value === true) return 'always';
  return typeof value === 'string' || isList(value) ? 'command' : 'never';
}
