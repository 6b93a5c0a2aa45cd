import { behaviourOptions } from './behaviour.js';
import { diskOptions } from './disks.js';
import { guestOptions } from './guest.js';
import { networkOptions } from './networking.js';
import type { Option, ValueOf } from './option.js';
import { prismCentralOptions } from './prism-central.js';
import { virtualMachineOptions } from './virtual-machine.js';

/** Every option under its key in config.json, in the order in which `--help` shows them. */
export const OPTIONS = {
  ...prismCentralOptions,
  ...virtualMachineOptions,
  ...diskOptions,
  ...networkOptions,
  ...guestOptions,
  ...behaviourOptions,
} as const satisfies Readonly<Record<string, Option>>;

export type OptionKey = keyof typeof OPTIONS;

/** A value for each option. */
export type OptionValues = { readonly [Key in OptionKey]: ValueOf<(typeof OPTIONS)[Key]> };

export function isOptionKey(key: string): key is OptionKey {
  return Object.hasOwn(OPTIONS, key);
}

export const OPTION_KEYS: readonly OptionKey[] = Object.keys(OPTIONS).filter(isOptionKey);

/** The options without their keys; the element type forgets which is which. */
export const OPTION_LIST: readonly Option[] = Object.values(OPTIONS);

/** How an option is named in a message: flag and environment variable. */
export function nameOf(option: Option): string {
  return `--${option.name} ($${option.env})`;
}
